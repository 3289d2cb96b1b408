import type { Decision, StopReason, WarnReason } from '../idle/types.ts';
import { usdText } from '../cost/money.ts';
import { durationText } from './duration-text.ts';
import { numberText, plainText } from './plain-text.ts';

/** What a stop takes and what it leaves: said in every warning and every stop. */
export const lostAndKept =
  'memory, running processes and open terminals go; files on the workspace share and packages installed on the OS disk stay; its quota stays used, and disk, public IP and load balancer still cost';

const limitText = (ms: number | undefined): string => (ms === undefined ? '' : `limit ${durationText(ms)}`);

const bracketed = (parts: readonly string[]): string => {
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? '' : ` (${said.join('; ')})`;
};

/** `no job and no CPU or network activity for 65 min (limit 60 min; CPU at most 0.4 % in 60 of 60 samples; …)`. */
export function quietClause(decision: Decision): string {
  const { facts, evidence } = decision;
  const duration = facts.idleForMs === undefined ? '' : ` for ${durationText(facts.idleForMs)}`;
  return `${quietSources(decision)}${duration}${bracketed([
    limitText(facts.idleAfterMs),
    loadText(decision),
    // Only reports of the agent see a kernel that holds a session open without load.
    facts.evidenceRule === 'metrics' && evidence?.decidableBy === 'metrics'
      ? 'notebooks that wait on something elsewhere are not seen'
      : '',
  ])}`;
}

function quietSources({ evidence }: Decision): string {
  const machine = evidence?.gpuPercentMax === null ? 'CPU or network' : 'CPU, GPU or network';
  switch (evidence?.decidableBy) {
    case 'session':
      return 'no job, and no kernel, terminal, connection or process in use';
    case 'both':
      return `no job, no kernel, terminal, connection or process in use, and no ${machine} activity`;
    case 'metrics':
    case 'neither':
    case undefined:
      return `no job and no ${machine} activity`;
  }
}

function loadText({ evidence }: Decision): string {
  if (evidence === null || evidence.bucketsPresent === 0) return '';
  const parts: string[] = [];
  if (evidence.cpuPercentMax !== null) parts.push(`CPU at most ${numberText(evidence.cpuPercentMax)} %`);
  if (evidence.gpuPercentMax !== null) parts.push(`GPU at most ${numberText(evidence.gpuPercentMax)} %`);
  if (parts.length === 0) return '';
  return `${parts.join(', ')} in ${evidence.bucketsPresent} of ${evidence.bucketsExpected} samples`;
}

export function uptimeClause({ facts }: Decision): string {
  const running =
    facts.uptimeMs === undefined ? 'running for very long' : `running for ${durationText(facts.uptimeMs)}`;
  return `${running}${bracketed([limitText(facts.maxUptimeMs)])}${uptimeUse(facts.activity)}`;
}

function uptimeUse(activity: Decision['facts']['activity']): string {
  switch (activity) {
    case 'active':
      return ', and the policy stops it even in use';
    case 'unknown':
      return ', and whether it is used is unknown';
    case 'idle':
      return ' and idle';
    case undefined:
      return '';
  }
}

/** What would be done but for a mode or a brake, and why: `its owner would be warned now, as it is idle for 65 min (limit 60 min)`. */
export function wouldClause(decision: Decision): string {
  const { facts, would } = decision;
  if (would === undefined) return 'nothing would be done';
  const act = would.startsWith('warn.') ? 'its owner would be warned now' : 'it would be stopped now';
  return `${act}, as it is ${ruleClause(would, decision, facts)}`;
}

function ruleClause(would: WarnReason | StopReason, decision: Decision, facts: Decision['facts']): string {
  switch (would) {
    case 'warn.owner-gone':
    case 'stop.owner-gone': {
      const duration = facts.idleForMs === undefined ? 'idle' : `idle for ${durationText(facts.idleForMs)}`;
      return `${duration}${bracketed([limitText(facts.idleAfterMs)])}, and ${ownerClause(decision)}`;
    }
    case 'warn.idle':
    case 'stop.idle': {
      const duration = facts.idleForMs === undefined ? 'idle' : `idle for ${durationText(facts.idleForMs)}`;
      return `${duration}${bracketed([limitText(facts.idleAfterMs)])}`;
    }
    case 'warn.job-ended':
    case 'stop.job-ended':
      return `asked to stop after its job: ${jobEndedClause(decision)}`;
    case 'warn.budget':
    case 'stop.budget': {
      const duration = facts.idleForMs === undefined ? 'idle' : `idle for ${durationText(facts.idleForMs)}`;
      return `${duration}${bracketed([limitText(facts.idleAfterMs)])}, and ${budgetClause(decision)}`;
    }
    case 'warn.schedule':
    case 'stop.schedule':
      return `due to stop by ${scheduleName(facts)}`;
    case 'warn.max-uptime':
    case 'stop.max-uptime':
      return uptimeClause(decision);
  }
}

/** `ada asked to stop it after job train, which has ended`. */
export function jobEndedClause({ facts }: Decision): string {
  const by = facts.askedBy === undefined ? 'somebody' : plainText(facts.askedBy);
  return facts.job === undefined
    ? `${by} asked to stop it after its jobs, and all of them have ended`
    : `${by} asked to stop it after job ${plainText(facts.job)}, which has ended`;
}

/** `its budget is used up (Team vision has used 512.30 USD of 500.00 USD this month, at list prices)`. */
export function budgetClause({ facts }: Decision): string {
  const { budgetOf, spentUsd, budgetUsd } = facts;
  if (budgetOf === undefined || spentUsd === undefined || budgetUsd === undefined)
    return 'its budget is used up';
  const numbers = `${usdText(spentUsd)} of ${usdText(budgetUsd)} this month, at list prices`;
  return `its budget is used up (${plainText(budgetOf)} has used ${numbers})`;
}

/** `its owner ada is gone (the account is disabled or deleted)`. */
export function ownerClause({ owner }: Decision): string {
  const name = owner === null ? '' : ` ${plainText(owner.name ?? owner.objectId)}`;
  return `its owner${name} is gone (the account is disabled or deleted)`;
}

export const scheduleName = ({ schedule }: Decision['facts']): string =>
  schedule === undefined ? 'a schedule' : `schedule ${plainText(schedule)}`;

/** On what the announced stop depends: `if it has not been used for 15 min by then and is not snoozed`. */
export function scheduleCondition({ facts }: Decision): string {
  if (facts.evenIfActive === true) return 'also in use, unless a job has not ended or it is snoozed';
  const quiet =
    facts.quietForMs === undefined
      ? 'is not in use'
      : `has not been used for ${durationText(facts.quietForMs)}`;
  return `if it ${quiet} by then and is not snoozed`;
}

/** What the schedule's stop is done with: quiet, or in use where the schedule says so. */
export const scheduledUse = (decision: Decision): string =>
  decision.facts.activity === 'active'
    ? 'also in use, as the schedule says'
    : `with ${quietClause(decision)}`;

/** Follows the reason that keeps an instance whose scheduled stop is due. */
export function scheduleWaits({ facts, reason }: Decision): string {
  const aboutUse = /^keep\.(?:active\.|unknown\.|grace$|idle-short$)/.test(reason);
  if (facts.schedule === undefined || !aboutUse) return '';
  const until =
    facts.evenIfActive === true || facts.quietForMs === undefined
      ? ''
      : ` until it has been quiet for ${durationText(facts.quietForMs)}`;
  return `; the stop of ${scheduleName(facts)} waits${until}`;
}
