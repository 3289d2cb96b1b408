import { wishWarnMs } from '../core/idle/candidate.ts';
import { held } from '../core/idle/decide.ts';
import type { Decision, WarnReason } from '../core/idle/types.ts';
import { warningFate } from '../core/idle/warning-fate.ts';
import type { Candidate } from '../ledger/candidates.ts';
import type { StoredWarning } from '../ledger/warnings.ts';
import { explainWithdrawal } from '../core/explain/withdrawal.ts';
import type { ComputePolicy } from '../core/policy/types.ts';
import { type Judgement, openWarningOf } from './judge.ts';
import type { InstanceReadings } from './readings.ts';
import type { WarningClose } from './withdraw-warning.ts';

/** What one look of a sweep makes of an instance and of the warnings that are out about it. */
export type Weighed = {
  /** Null: what the ledger says stands (a warning runs, or its second look is at work). */
  readonly record: Decision | null;
  readonly candidate: Candidate | null;
  readonly ends: readonly { readonly stored: StoredWarning; readonly close: WarningClose }[];
  readonly resumes: readonly Candidate[];
};

/** A workflow that lives has long acted by then; one that was lost has not. */
const lostAfterMs = 2 * 60_000;
const undeliveredLostAfterMs = 10 * 60_000;
const isGoingDown = (state: string | null): boolean => state !== null && /^(stopping|stopped)$/i.test(state);

const closeBy = (decision: Decision, of: WarnReason): WarningClose =>
  decision.reason === 'keep.not-running'
    ? { outcome: 'gone', reason: decision.reason, tell: null }
    : { outcome: 'withdrawn', reason: decision.reason, tell: explainWithdrawal(of, decision) };

type Standing = 'runs' | 'due' | 'waits' | 'unsent' | 'stopping' | 'ends';

function standingOf(stored: StoredWarning, decision: Decision, readings: InstanceReadings): Standing {
  const { warning } = stored;
  // We asked for this stop: its workflow confirms it.
  if (warning.stopRequestedAt !== null && isGoingDown(readings.compute.state)) return 'stopping';
  const open = openWarningOf(warning);
  if (open === null) {
    const holds = decision.action !== 'keep' && decision.rules?.includes(warning.reason) === true;
    return holds ? 'unsent' : 'ends';
  }
  const { fate } = warningFate(open, decision, 'sweep');
  switch (fate) {
    case 'stands':
      return 'runs';
    case 'due':
    case 'lapsed':
      return 'due';
    case 'waits':
      return 'waits';
    case 'withdrawn':
      return 'ends';
  }
}

function mayBeLost({ warning }: StoredWarning, now: number): boolean {
  if (warning.stopDueAt !== null) return now - warning.stopDueAt > lostAfterMs;
  return now - warning.openedAt > undeliveredLostAfterMs;
}

function warnMsOf({ reason, facts }: Decision, { idle, maxUptime }: ComputePolicy): number {
  if (reason === 'warn.schedule') return facts.scheduleWarnMs ?? idle.warnMs;
  if (reason === 'warn.job-ended') return wishWarnMs(idle);
  return reason === 'warn.max-uptime' ? (maxUptime?.warnMs ?? 0) : idle.warnMs;
}

export function weighInstance(readings: InstanceReadings, judgement: Judgement, now: number): Weighed {
  const { decision, policy } = judgement;
  const standings = readings.warnings.map((stored) => ({
    stored,
    standing: standingOf(stored, decision, readings),
  }));
  const ends = standings
    .filter(({ standing }) => standing === 'ends')
    .map(({ stored }) => ({ stored, close: closeBy(decision, stored.warning.reason) }));
  const staying = standings.filter(({ standing }) => standing !== 'ends');
  const asCandidate = (resume: Candidate['resume']): Candidate => ({
    decision,
    warnMs: warnMsOf(decision, policy),
    startedAt: readings.startedAt,
    resume,
  });
  const resumes = staying
    .filter(({ stored, standing }) => standing !== 'waits' && mayBeLost(stored, now))
    .map(({ stored: { warning } }) =>
      asCandidate({ warningId: warning.warningId, reason: warning.reason, sweepId: warning.sweepId }),
    );
  // One that is not delivered yet is out all the same: nobody is warned twice of the same.
  const isNew =
    decision.action === 'warn' && staying.every(({ stored }) => stored.warning.reason !== decision.reason);
  const candidate = isNew ? asCandidate(null) : null;
  return { record: isNew ? null : recordOf(decision, staying, now), candidate, ends, resumes };
}

/** A stopped instance that a schedule starts. */
export const weighedStart = (weighed: Weighed, decision: Decision): Weighed => ({
  ...weighed,
  record: null,
  candidate: { decision, warnMs: 0, startedAt: null, resume: null },
});

function recordOf(
  decision: Decision,
  staying: readonly { readonly stored: StoredWarning; readonly standing: Standing }[],
  now: number,
): Decision | null {
  if (staying.some(({ standing }) => standing === 'stopping' || standing === 'due')) return null;
  const unsent = staying.find(({ standing }) => standing === 'unsent');
  if (unsent !== undefined && decision.action !== 'keep') {
    const why = unsent.stored.warning.undeliveredBecause;
    return held(decision, 'keep.warning-undelivered', why === null ? {} : { why });
  }
  if (decision.action === 'keep') {
    // Not knowing changes nothing while a warning runs; once its time has come it is what keeps the instance.
    const runs = staying.some(({ stored }) => (stored.warning.stopDueAt ?? 0) > now);
    return runs ? null : decision;
  }
  return decision.action === 'stop' ? null : decision;
}
