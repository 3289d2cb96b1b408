import { dueStart } from '../../core/schedule/occurrences.ts';
import { type ScheduledStart, scheduledStartOf } from '../../core/schedule/scheduled-start.ts';
import type { Decision } from '../../core/idle/types.ts';
import type { Policy } from '../../core/policy/types.ts';
import type { Saving } from '../../ledger/savings.ts';
import type { ScheduledStartRow } from '../../ledger/starts.ts';
import { type JudgeBy, type Judgement } from '../judge.ts';
import { subjectOf } from '../subject-of.ts';
import type { InstanceReadings } from '../readings.ts';
import { schedulesFor } from './judged-claims.ts';

export type DueStart = { readonly start: ScheduledStart; readonly decision: Decision };

/** Whether any schedule of the policy has a start to do or to make up for: else nothing of starts needs reading. */
export const startsAnything = (policy: Policy, now: number): boolean =>
  policy.schedules.some((schedule) => dueStart(schedule, now) !== null);

/** The start that a schedule owes to a stopped instance: in mode enforce only, never of one that is protected or exempt, and not while halted. */
export function decideStart(
  readings: InstanceReadings,
  { policy: applied }: Pick<Judgement, 'policy'>,
  by: JudgeBy,
  ledger: { readonly saving: Saving | null; readonly starts: readonly ScheduledStartRow[] },
): DueStart | null {
  const { compute } = readings;
  if (compute.state?.toLowerCase() !== 'stopped' || applied.mode !== 'enforce' || by.halt?.halted === true)
    return null;
  if (applied.protectedBy !== null || applied.exemption !== null) return null;
  const start = scheduledStartOf(schedulesFor(by.policy.policy, subjectOf(readings, by.teams)), {
    now: by.now,
    lastOperation: compute.lastOperation,
    stoppedBy: stoppedByOf(ledger.saving),
    isDone: ({ name, startAt }) =>
      ledger.starts.some((row) => row.schedule === name && row.startAt === startAt && row.doneAt !== null),
  });
  if (start === null) return null;
  const decision: Decision = {
    ref: compute.ref,
    owner: compute.owner,
    vmSize: compute.vmSize,
    at: by.now,
    action: 'start',
    reason: 'start.schedule',
    facts: {
      state: compute.state,
      schedule: start.name,
      scheduledAt: start.startAt,
      until: start.untilAt,
      startsAll: start.startsAll,
    },
    evidence: null,
    policyHash: applied.policyHash,
    pricePerHourUsd: readings.size?.pricePerHourUsd ?? null,
  };
  return { start, decision };
}

function stoppedByOf(saving: Saving | null): Parameters<typeof scheduledStartOf>[1]['stoppedBy'] {
  if (saving === null || saving.startedAt !== null || saving.schedule == null) return null;
  return { name: saving.schedule, requestedAt: saving.stopRequestedAt, stoppedAt: saving.stoppedAt };
}
