import type { ActivityVerdict } from '../../core/activity/types.ts';
import type { JudgedClaim } from '../../core/idle/types.ts';
import { matching } from '../../core/policy/match.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import type { Policy } from '../../core/policy/types.ts';
import { type ScheduledStop, type ScheduleUse, stopClaims } from '../../core/schedule/stop-claims.ts';
import type { InstanceReadings } from '../readings.ts';

export function schedulesFor(policy: Policy, subject: PolicySubject): readonly ScheduleUse[] {
  return policy.schedules.flatMap((schedule) => {
    const matched = matching(schedule.match, subject);
    return matched === 'no' ? [] : [{ schedule, matching: matched }];
  });
}

/** What the policy's schedules ask of a running instance, each with the use over its own `quietFor`. */
export function judgedClaims(
  readings: InstanceReadings,
  policy: Policy,
  subject: PolicySubject,
  now: number,
  assess: (windowMs: number) => ActivityVerdict,
): readonly JudgedClaim[] {
  if (policy.schedules.length === 0) return [];
  const announced = readings.warnings.flatMap(({ warning }) =>
    warning.schedule == null ? [] : [{ ...warning.schedule, isOut: warning.warnedAt !== null }],
  );
  const claims = stopClaims(schedulesFor(policy, subject), {
    now,
    startedAt: readings.startedAt,
    warnedOf: announced,
    sweepEveryMs: policy.sweep.everyMs,
  });
  const verdicts = new Map<number, ActivityVerdict>();
  return claims.map((claim) => {
    const activity = verdicts.get(claim.quietForMs) ?? assess(claim.quietForMs);
    verdicts.set(claim.quietForMs, activity);
    const isSame = (stop: ScheduledStop): boolean => stop.name === claim.name && stop.stopAt === claim.stopAt;
    return { ...claim, activity, isBeingWarned: announced.some((stop) => isSame(stop) && !stop.isOut) };
  });
}
