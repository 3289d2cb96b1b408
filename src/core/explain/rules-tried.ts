import type { ActivityVerdict } from '../activity/types.ts';
import type { ComputePolicy } from '../policy/types.ts';
import type { Decision } from '../idle/types.ts';
import { durationText } from './duration-text.ts';
import { numberText, plainText } from './plain-text.ts';
import { timeText } from './time-text.ts';

/** `keeps`: it would keep the instance by itself; `asks`: it asks for a stop; `passes`: it has nothing against one; `off`: it is not in use. */
export type TriedRule = {
  readonly rule: string;
  readonly outcome: 'keeps' | 'asks' | 'passes' | 'off';
  readonly detail: string;
};

export type TriedFacts = {
  readonly now: number;
  readonly state: string | null;
  readonly policy: ComputePolicy;
  readonly startedAt: number | null;
  readonly verdict: ActivityVerdict | null;
  readonly snooze: { readonly until: number; readonly by: string } | null;
  readonly halt: { readonly by: string } | null;
  readonly schedules: readonly {
    readonly name: string;
    readonly nextStopAt: number | null;
    readonly nextStartAt: number | null;
  }[];
  /** What came of them all. */
  readonly decision: Decision;
};

const tried = (rule: string, outcome: TriedRule['outcome'], detail: string): TriedRule => ({
  rule,
  outcome,
  detail,
});

function activityRule({ verdict }: TriedFacts): TriedRule {
  if (verdict === null) return tried('use', 'off', 'not looked at: it does not run, or its mode is off');
  switch (verdict.activity) {
    case 'active':
      return tried('use', 'keeps', `in use (${verdict.reason})`);
    case 'unknown':
      return tried(
        'use',
        'keeps',
        `unknown: ${plainText(verdict.evidence.unknownBecause ?? 'nothing was seen')}`,
      );
    case 'idle':
      return tried('use', 'passes', 'nothing that uses it was seen');
  }
}

function idleRule({ policy: { idle }, verdict }: TriedFacts): TriedRule {
  const limit = durationText(idle.afterMs);
  if (!idle.enabled) return tried('idle', 'off', 'the policy switches it off for this one');
  if (verdict === null) return tried('idle', 'off', `limit ${limit}`);
  if (verdict.activity !== 'idle')
    return tried('idle', 'passes', `not idle, or not known to be; limit ${limit}`);
  const detail = `idle for ${durationText(verdict.idleForMs)}, limit ${limit}`;
  return tried('idle', verdict.idleForMs >= idle.afterMs ? 'asks' : 'keeps', detail);
}

function budgetRule({ decision }: TriedFacts): TriedRule {
  const asks = decision.rules?.includes('warn.budget') === true;
  return tried(
    'budget',
    asks ? 'asks' : 'passes',
    asks ? 'the money of its group is used up, and it is idle' : 'no used-up one stops it',
  );
}

function uptimeRule({ policy: { maxUptime }, startedAt, now, decision }: TriedFacts): TriedRule {
  if (maxUptime === null) return tried('maximum uptime', 'off', 'not set');
  const limit = `limit ${durationText(maxUptime.afterMs)}`;
  if (startedAt === null) return tried('maximum uptime', 'passes', `its start is not known; ${limit}`);
  const asks = decision.rules?.includes('warn.max-uptime') === true;
  return tried(
    'maximum uptime',
    asks ? 'asks' : 'passes',
    `running for ${durationText(now - startedAt)}, ${limit}`,
  );
}

function scheduleRules({ schedules, now, decision }: TriedFacts): readonly TriedRule[] {
  if (schedules.length === 0) return [tried('schedule', 'off', 'none covers it')];
  return schedules.map(({ name, nextStopAt, nextStartAt }) => {
    const next = [
      ...(nextStopAt === null ? [] : [`next stop ${timeText(nextStopAt, now)}`]),
      ...(nextStartAt === null ? [] : [`next start ${timeText(nextStartAt, now)}`]),
    ].join(', ');
    const asks = decision.facts.schedule === name && decision.rules?.includes('warn.schedule') === true;
    return tried(`schedule ${plainText(name)}`, asks ? 'asks' : 'passes', next || 'nothing ahead');
  });
}

/** Every rule in the order in which the first match wins, with what it has to say of this instance. */
export function rulesTried(facts: TriedFacts): readonly TriedRule[] {
  const { now, policy, snooze, halt, startedAt, state } = facts;
  const { idle } = policy;
  const runs = /^(running|jobrunning)$/i.test(state ?? '');
  const graceUntilAt = startedAt === null ? null : startedAt + idle.graceAfterStartMs;
  return [
    tried('state', runs ? 'passes' : 'keeps', state ?? 'not known'),
    policy.protectedBy === null
      ? tried('protected', 'passes', 'no')
      : tried('protected', 'keeps', `by ${plainText(policy.protectedBy)}`),
    policy.exemption === null
      ? tried('exempt', 'passes', 'no')
      : tried(
          'exempt',
          'keeps',
          `until ${timeText(policy.exemption.until, now)}${policy.exemption.why === null ? '' : ` (${plainText(policy.exemption.why)})`}`,
        ),
    snooze === null
      ? tried('snooze', 'passes', 'none')
      : tried('snooze', 'keeps', `until ${timeText(snooze.until, now)}, by ${plainText(snooze.by)}`),
    graceUntilAt === null
      ? tried('grace after start', 'passes', 'its start is not known')
      : tried(
          'grace after start',
          now < graceUntilAt ? 'keeps' : 'passes',
          `until ${timeText(graceUntilAt, now)}`,
        ),
    activityRule(facts),
    idleRule(facts),
    budgetRule(facts),
    ...scheduleRules(facts),
    uptimeRule(facts),
    halt === null
      ? tried('halt', 'passes', 'none')
      : tried('halt', 'keeps', `by ${plainText(halt.by)}: nothing is done until somebody resumes`),
    tried('mode', policy.mode === 'enforce' ? 'passes' : 'keeps', policy.mode),
  ];
}

/** What would make the instance count as used, or keep it, by the numbers that hold for it. */
export function whatResets({ idle }: ComputePolicy, gpus: number | null): readonly string[] {
  return [
    'a job on it that has not ended',
    `CPU of ${numberText(idle.cpuBelow)} % or more, or ${numberText(idle.cpuCoresBelow)} cores or more, in two minutes within ten (a lone minute below ${numberText(idle.cpuBelow * idle.noiseUpTo)} % is noise)`,
    ...(gpus === 0 ? [] : [`GPU of ${numberText(idle.gpuBelow)} % or more on any device`]),
    `network traffic of ${numberText(idle.networkBelow)} MB or more in a minute`,
    'a kernel, terminal, connection or process at work, where the session agent reports it',
    `a snooze, up to ${durationText(idle.maxSnoozeMs)}`,
    'a restart',
  ];
}
