import type { ActiveReason } from '../activity/types.ts';
import type { Decision } from '../idle/types.ts';
import { numberText, plainText } from './plain-text.ts';

const atLeast = (value: number | null | undefined, limit: number | undefined): value is number =>
  typeof value === 'number' && (limit === undefined || value >= limit);

/** What keeps an instance in use, with the number that says so. */
export function activeText(decision: Decision, reason: ActiveReason, time: (at: number) => string): string {
  const { evidence } = decision;
  const last = evidence?.lastActiveAt ?? null;
  const when = last === null ? '' : `, last activity at ${time(last)}`;
  switch (reason) {
    case 'keep.active.job': {
      const job = evidence?.job ?? null;
      if (job === null || job.name === '') return 'Azure says that a job runs on it';
      return `job ${plainText(job.name)} has not ended on it (${plainText(job.status)})`;
    }
    case 'keep.active.gpu':
      return `${reached('GPU use', evidence?.gpuPercentMax, decision.facts.gpuBelowPercent, '%')}${when}`;
    case 'keep.active.cpu':
      return `${cpuText(decision)}${when}`;
    case 'keep.active.network':
      return `${reached('network traffic', evidence?.networkMegabytesMax, decision.facts.networkBelowMegabytes, 'MB a minute')}${when}`;
    case 'keep.active.session': {
      const seen = evidence?.session ?? null;
      return `the session agent sees it in use${seen === null ? '' : ` (${plainText(seen)})`}${when}`;
    }
  }
}

/** Percent of the machine where that says enough, else cores: one busy core of 32 is 3 %. */
function cpuText({ evidence, facts }: Decision): string {
  const byPercent = atLeast(evidence?.cpuPercentMax, facts.cpuBelowPercent);
  if (!byPercent && atLeast(evidence?.cpuCoresMax, facts.cpuCoresBelow)) {
    return reached('CPU use', evidence.cpuCoresMax, facts.cpuCoresBelow, 'cores', 2);
  }
  return reached('CPU use', evidence?.cpuPercentMax, facts.cpuBelowPercent, '%');
}

function reached(
  what: string,
  value: number | null | undefined,
  limit: number | undefined,
  unit: string,
  decimals = 1,
): string {
  if (value === null || value === undefined) return `${what} is above its limit`;
  const bound = limit === undefined ? '' : ` (idle is below ${numberText(limit, decimals)} ${unit})`;
  return `${what} reaches ${numberText(value, decimals)} ${unit}${bound}`;
}
