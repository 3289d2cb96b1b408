import type { Decision, KeepReason, ReasonCode } from '../idle/types.ts';
import {
  budgetClause,
  jobEndedClause,
  lostAndKept,
  ownerClause,
  quietClause,
  scheduleCondition,
  scheduledUse,
  scheduleName,
  scheduleWaits,
  uptimeClause,
  wouldClause,
} from './clauses.ts';
import { durationText } from './duration-text.ts';
import { activeText } from './active-text.ts';
import { plainText } from './plain-text.ts';
import { timeText } from './time-text.ts';

export type ExplainOptions = {
  /** An IANA name for the times in the text; UTC if left out. */
  readonly zone?: string;
  /** Leaves out what a stop takes and leaves: for tables, never for a message to the owner. */
  readonly brief?: boolean;
};

/** The one sentence of a decision, the same on the card, the page, at the command line and in the API. */
export function explain(decision: Decision, options: ExplainOptions = {}): string {
  const time = (at: number): string => timeText(at, decision.at, options.zone);
  const { facts, reason } = decision;
  if (isKeep(reason)) return `Kept: ${keptBecause(decision, reason, time)}${scheduleWaits(decision)}.`;
  const stopsAt = decision.stopDueAt === undefined ? 'soon' : `at ${time(decision.stopDueAt)}`;
  const warned = facts.warnedAt === undefined ? '' : `, as announced at ${time(facts.warnedAt)}`;
  const cost = options.brief === true ? '' : `: ${lostAndKept}`;
  switch (reason) {
    case 'warn.idle':
      return `${capital(quietClause(decision))}, so it stops ${stopsAt} unless it is used or snoozed before${cost}.`;
    case 'warn.job-ended':
      return `${capital(jobEndedClause(decision))}, with ${quietClause(decision)}, so it stops ${stopsAt} unless it is used or snoozed before${cost}.`;
    case 'stop.job-ended':
      return `Stops now${warned}: ${jobEndedClause(decision)}, with ${quietClause(decision)}${cost}.`;
    case 'warn.owner-gone':
      return `${capital(ownerClause(decision))}; it is idle, with ${quietClause(decision)}, so it stops ${stopsAt} unless it is used or snoozed before${cost}.`;
    case 'stop.owner-gone':
      return `Stops now${warned}: ${ownerClause(decision)}; it is idle, with ${quietClause(decision)}${cost}.`;
    case 'warn.budget':
      return `${capital(budgetClause(decision))}; it is idle, with ${quietClause(decision)}, so it stops ${stopsAt} unless it is used or snoozed before${cost}.`;
    case 'stop.budget':
      return `Stops now${warned}: ${budgetClause(decision)}; it is idle, with ${quietClause(decision)}${cost}.`;
    case 'warn.schedule':
      return `${capital(scheduleName(facts))} stops it ${stopsAt}, ${scheduleCondition(decision)}${cost}.`;
    case 'stop.schedule': {
      const due = facts.scheduledAt === undefined ? '' : ` (${time(facts.scheduledAt)})`;
      return `Stops now${warned}, by ${scheduleName(facts)}${due}, ${scheduledUse(decision)}${cost}.`;
    }
    case 'start.schedule': {
      const due = facts.scheduledAt === undefined ? '' : ` (${time(facts.scheduledAt)})`;
      const whom = facts.startsAll === true ? 'which starts all that it covers' : 'which had stopped it';
      return `Starts now, by ${scheduleName(facts)}${due}, ${whom}.`;
    }
    case 'warn.max-uptime': {
      const unless = facts.activity === 'active' ? 'snoozed or restarted' : 'used or snoozed';
      return `${capital(uptimeClause(decision))}, so it stops ${stopsAt} unless it is ${unless} before${cost}.`;
    }
    case 'stop.idle':
      return `Stops now${warned}, with ${quietClause(decision)}${cost}.`;
    case 'stop.max-uptime':
      return `Stops now${warned}, ${uptimeClause(decision)}${cost}.`;
  }
}

const isKeep = (reason: ReasonCode): reason is KeepReason => reason.startsWith('keep.');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quoted = (text: string | undefined): string =>
  text === undefined || plainText(text) === '' ? '' : ` (${plainText(text)})`;

function keptBecause(decision: Decision, reason: KeepReason, time: (at: number) => string): string {
  const { facts } = decision;
  switch (reason) {
    case 'keep.active.job':
    case 'keep.active.gpu':
    case 'keep.active.cpu':
    case 'keep.active.network':
    case 'keep.active.session':
      return activeText(decision, reason, time);
    case 'keep.unknown.metrics':
    case 'keep.unknown.jobs':
      return unknownText(decision);
    case 'keep.not-running':
      return facts.state?.toLowerCase() === 'stopping'
        ? `it is already Stopping${stoppedByText(facts)}`
        : `it is Stopped${stoppedByText(facts)} and costs no compute, while its quota stays used and disk, public IP and load balancer still cost`;
    case 'keep.not-settled':
      return facts.state === undefined
        ? 'Azure does not say what state it is in, and only a running instance is judged'
        : `its state is ${plainText(facts.state)}, and only a running instance is judged`;
    case 'keep.protected':
      return `the policy protects it${quoted(facts.match)}`;
    case 'keep.exempt':
      return `exempt${facts.until === undefined ? '' : ` until ${time(facts.until)}`}${quoted(facts.why)}`;
    case 'keep.snoozed': {
      const by = facts.by === undefined ? '' : ` by ${plainText(facts.by)}`;
      return `snoozed${by}${facts.until === undefined ? '' : ` until ${time(facts.until)}`}; the idle clock goes on meanwhile`;
    }
    case 'keep.grace':
      return graceText(decision, time);
    case 'keep.idle-short':
      return `${idleFor(decision)}${facts.idleAfterMs === undefined ? ', too short to act' : `, and the limit is ${durationText(facts.idleAfterMs)}`}`;
    case 'keep.idle-off':
      return `${idleFor(decision)}, and the policy switches the idle rule off for it`;
    case 'keep.halted':
      return `Lamplighter is halted${facts.by === undefined ? '' : ` by ${plainText(facts.by)}`}${quoted(facts.why)}; otherwise ${wouldClause(decision)}`;
    case 'keep.warning-undelivered':
      return `its warning cannot be delivered${quoted(facts.why)}, and nothing is stopped without one; delivery is tried again`;
    case 'keep.mode':
      return modeText(decision, time);
    case 'keep.blast-limit':
      return `${facts.count ?? 'too many'} instances would be warned or stopped at once, more than the limit${facts.limit === undefined ? '' : ` of ${facts.limit}`}, so all of them wait for an admin's release; otherwise ${wouldClause(decision)}`;
  }
}

function stoppedByText({ stoppedBy }: Decision['facts']): string {
  if (stoppedBy === undefined) return '';
  return stoppedBy === 'schedule' ? ' by its own schedule in Azure' : ' by Azure’s own idle shutdown';
}

const idleFor = ({ facts }: Decision): string =>
  facts.idleForMs === undefined ? 'it is idle' : `idle for ${durationText(facts.idleForMs)}`;

function unknownText({ facts, evidence, reason }: Decision): string {
  const because = plainText(evidence?.unknownBecause ?? 'nothing was read about it', 240);
  const short =
    reason === 'keep.unknown.metrics' &&
    facts.minCoverage !== undefined &&
    (evidence?.bucketsPresent ?? 0) > 0 &&
    (evidence?.coverage ?? 1) < facts.minCoverage;
  const needed = short ? ` and ${Math.round((facts.minCoverage ?? 0) * 100)} % are needed` : '';
  return `activity is unknown, since ${because}${needed}; unknown is never taken for idle`;
}

function graceText({ facts, at }: Decision, time: (at: number) => string): string {
  const grace = facts.graceMs === undefined ? 'a while' : durationText(facts.graceMs);
  if (facts.startedAt === undefined) {
    return `nobody knows when it started, and it has not been watched for ${grace} yet`;
  }
  const ago = facts.startedAt > at ? '' : `, ${durationText(at - facts.startedAt)} ago`;
  return `it started at ${time(facts.startedAt)}${ago}, and is left alone for ${grace} after a start`;
}

function modeText(decision: Decision, time: (at: number) => string): string {
  const { mode = 'observe', warnedAt } = decision.facts;
  if (mode === 'off') return 'the mode is off here, so nothing is read and nothing is judged';
  const enforced = `in mode enforce ${wouldClause(decision)}`;
  if (mode !== 'warn') return `in mode ${mode} nobody is warned and nothing is stopped; ${enforced}`;
  const warned = warnedAt === undefined ? '' : ` and its owner has been warned at ${time(warnedAt)}`;
  return `in mode warn nothing is stopped${warned}; ${enforced}`;
}
