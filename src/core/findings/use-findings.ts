import { type GpuIdle, gpuIdleForMs } from '../activity/gpu-idle.ts';
import type { ActivityVerdict } from '../activity/types.ts';
import { usdText } from '../cost/money.ts';
import { durationText } from '../explain/duration-text.ts';
import { timeText } from '../explain/time-text.ts';
import type { Policy } from '../policy/types.ts';
import { broken, type RuleResult } from './rule.ts';

/** `verdict` null: it does not run. `readable` false: its jobs could not be read, and so nobody knows whether one ended. */
export function stalledJobFinding(
  verdict: ActivityVerdict | null,
  readable: boolean,
  rules: Policy['job'],
): RuleResult {
  if (verdict === null) return 'kept';
  const { stalledJobs } = verdict.evidence;
  if (stalledJobs.length === 0) return readable ? 'kept' : 'unknown';
  const jobs = stalledJobs.slice(0, 5).join(', ');
  const more = stalledJobs.length > 5 ? ` and ${stalledJobs.length - 5} more` : '';
  return broken(
    `Nothing about job ${jobs}${more} has changed for ${durationText(rules.stalledAfterMs)}, neither its status nor the machine’s load.`,
    'Look at the job, and cancel it if it hangs; until then nobody can tell whether the machine is in use.',
  );
}

const hourMs = 3_600_000;

/** `watch` null: no job leaves a GPU idle, as far as it was seen; `readable` false: jobs or metrics could not be read. */
export function gpuIdleFinding(
  watch: GpuIdle | null,
  readable: boolean,
  pricePerHourUsd: number | null,
  rules: Policy['job'],
  now: number,
): RuleResult {
  if (watch === null) return readable ? 'kept' : 'unknown';
  const forMs = gpuIdleForMs(watch, now);
  if (forMs === null) return 'unknown';
  if (forMs < rules.gpuIdleAfterMs) return 'kept';
  const cost =
    pricePerHourUsd === null
      ? 'at a price that is not known'
      : `for ${usdText((pricePerHourUsd * forMs) / hourMs)} so far`;
  return broken(
    `Job ${watch.jobName} runs, and every GPU of the machine has stood at 0 % since ${timeText(watch.sinceAt)}, ${durationText(forMs)}, ${cost}.`,
    'Look at the job: cancel it if it hangs, or run it on a size without a GPU. Nothing stops the machine while it runs.',
  );
}

/** `sessionSinceAt`: since when session reports alone have kept it; null: something else did, or nothing. */
export function reportsOnlyFinding(
  sessionSinceAt: number | null,
  rules: Policy['reportsOnly'],
  now: number,
): RuleResult {
  if (sessionSinceAt === null || now - sessionSinceAt < rules.afterMs) return 'kept';
  return broken(
    `Session reports alone have kept it for ${durationText(now - sessionSinceAt)}: no load and no job was seen in all that time.`,
    'Ask its owner whether it is needed; a report is a statement of the machine itself.',
  );
}
