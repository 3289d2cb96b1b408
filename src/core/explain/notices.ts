import type { Decision } from '../idle/types.ts';
import type { CoverageLoss } from '../idle/coverage.ts';
import type { RegretRate } from '../idle/regret.ts';
import type { WarningFate } from '../idle/warning-fate.ts';
import { wouldClause } from './clauses.ts';
import { durationText } from './duration-text.ts';
import { explain, type ExplainOptions } from './explain.ts';
import { numberText, plainText } from './plain-text.ts';
import { timeText } from './time-text.ts';

/** What is told to a person beside the decision's own sentence. */
export type Notice = { readonly title: string; readonly sentence: string };

/** To the owner of an instance whose warning no longer holds. */
export function withdrawalNotice(
  decision: Decision,
  why: Extract<WarningFate, { fate: 'withdrawn' }>['why'],
  options: ExplainOptions = {},
): Notice {
  const name = decision.ref.compute;
  const because =
    why === 'another-rule'
      ? `the rule that it came from no longer holds`
      : explain(decision, options).slice(0, -1);
  return {
    title: `${name} is not stopped`,
    sentence: `The warning about ${name} is withdrawn: ${because.replace(/^Kept: /, '')}.`,
  };
}

/** To the owner once Azure shows the instance as Stopped. */
export function stoppedNotice(
  decision: Decision,
  facts: { readonly stoppedAt: number },
  options: ExplainOptions = {},
): Notice {
  const name = decision.ref.compute;
  const at = timeText(facts.stoppedAt, decision.at, options.zone);
  return {
    title: `${name} is stopped`,
    sentence: `${name} is stopped since ${at}: files on the workspace share and packages installed on the OS disk are still there, memory, processes and terminals are gone, its quota stays used, disk, public IP and load balancer still cost, and it can be started again at any time.`,
  };
}

/** To an admin and the owner when the last try to stop has failed; `azureText` is Azure's own. */
export function stopFailedNotice(decision: Decision, tries: number, azureText: string): Notice {
  const name = decision.ref.compute;
  const said = plainText(azureText, 400) || 'nothing';
  return {
    title: `${name} cannot be stopped`,
    sentence: `${name} is still running and still costs after ${tries} ${tries === 1 ? 'try' : 'tries'} to stop it, and needs a person; Azure says: ${said}`,
  };
}

/** To an admin when so many would be warned or stopped at once that none is. */
export function blastLimitNotice(held: readonly Decision[], limit: number): Notice {
  const names = held.slice(0, 5).map((decision) => decision.ref.compute);
  const more = held.length > names.length ? ` and ${held.length - names.length} more` : '';
  const first = held[0];
  const example = first === undefined ? '' : `; ${first.ref.compute}: ${wouldClause(first)}`;
  return {
    title: `${held.length} instances wait for your release`,
    sentence: `${held.length} instances (${names.join(', ')}${more}) would be warned or stopped at once, more than the limit of ${limit}, so nothing is done to any of them until you release the batch${example}.`,
  };
}

/** To an admin when the evidence of the fleet went away between two sweeps. */
export function coverageLossNotice({ before, now }: CoverageLoss): Notice {
  return {
    title: 'The fleet can hardly be seen',
    sentence: `The activity of ${now.decidable} of ${now.asked} running instances can be told now, and of ${before.decidable} of ${before.asked} at the sweep before, so look at metrics, their permissions and the session agents; nothing is stopped by idleness while its activity is unknown.`,
  };
}

/** To an admin of a workspace in which people took too many stops back. */
export function regretNotice(workspace: string, rate: RegretRate, maxPercent: number): Notice {
  return {
    title: `${workspace} falls back to mode warn`,
    sentence: `In ${workspace} ${rate.regrets} of ${rate.stops} stops of the last 30 days were taken back (${numberText(rate.percent ?? 0)} %, limit ${numberText(maxPercent)} %), so the workspace falls back to mode warn: owners are still warned, and nothing is stopped.`,
  };
}

/** To the owner of an instance of whose activity nothing has been known for long. */
export function blindSpotQuestion(
  decision: Decision,
  unknownForMs: number,
  pricePerHourText: string | null,
): Notice {
  const name = decision.ref.compute;
  const because = plainText(decision.evidence?.unknownBecause ?? 'nothing was read about it', 240);
  const price = pricePerHourText === null ? '' : ` at ${pricePerHourText} an hour`;
  return {
    title: `Is ${name} still used?`,
    sentence: `${name} runs${price}, and for ${durationText(unknownForMs)} nobody can tell whether it is used, since ${because}: is it still used, or may it be stopped?`,
  };
}

/** To an admin: a warning that no channel takes. Nothing is stopped without it. */
export function undeliveredNotice(decision: Decision, tries: number, why: string): Notice {
  const name = decision.ref.compute;
  return {
    title: `The warning about ${name} does not arrive`,
    sentence: `The owner of ${name} cannot be warned after ${tries} ${tries === 1 ? 'try' : 'tries'} (${plainText(why)}), so it is not stopped and goes on costing.`,
  };
}
