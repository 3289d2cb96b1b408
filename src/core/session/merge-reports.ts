import type { ReportLoad, SessionReport } from '../activity/types.ts';

type Maybe = ReportLoad | null;

/** Use counts, then not knowing, then idleness. */
function either(one: Maybe, other: Maybe): Maybe {
  if (one === 'busy' || other === 'busy') return 'busy';
  return one === null || other === null ? null : 'idle';
}
const eitherKnown = (one: ReportLoad, other: ReportLoad): ReportLoad =>
  one === 'busy' || other === 'busy' ? 'busy' : 'idle';
function latest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

const minuteOf = (at: number): number => Math.floor(at / 60_000);

/** Two reports of one minute in one: the ledger keeps one a minute, and the later must not undo what the earlier saw. */
export function mergeReports(earlier: SessionReport | null, later: SessionReport): SessionReport {
  if (earlier === null || minuteOf(earlier.at) !== minuteOf(later.at)) return later;
  return {
    at: later.at,
    kernels: eitherKnown(earlier.kernels, later.kernels),
    terminals: eitherKnown(earlier.terminals, later.terminals),
    ssh: eitherKnown(earlier.ssh, later.ssh),
    vscode: eitherKnown(earlier.vscode, later.vscode),
    processes: either(earlier.processes, later.processes),
    gpu: either(earlier.gpu, later.gpu),
    containers: either(earlier.containers, later.containers),
    lastInputAt: latest(earlier.lastInputAt, later.lastInputAt),
    diskFreeMegabytes: later.diskFreeMegabytes ?? earlier.diskFreeMegabytes,
  };
}
