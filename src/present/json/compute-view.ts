import { z } from 'zod';
import type { Decision } from '../../core/idle/types.ts';
import type { Outlook, ScheduledChange } from '../../core/schedule/outlook.ts';
import { addressOf } from './compute-address.ts';
import { decisionView, decisionViewOf } from './decision-view.ts';
import { computeAddress, instant, instantOf, instantOrNull, person } from './scalars.ts';
import { type KnownWish, wishView, wishViewOf } from './wish-view.ts';

export const warningView = z.object({
  warningId: z.string(),
  reason: z.string(),
  warnedAt: instant.nullable().meta({ description: 'Null: nobody could be told yet, and no clock runs' }),
  stopDueAt: instant.nullable(),
});
export const snoozeView = z.object({ until: instant, at: instant, by: z.string() });
const scheduledChange = z.object({
  at: instant,
  schedule: z.string(),
  zone: z.string().meta({ description: 'IANA zone of the schedule' }),
});
export const outlookView = z.object({
  sentence: z.string(),
  stop: scheduledChange
    .extend({
      due: z.boolean().meta({ description: 'Its time has come, and it waits until the instance is quiet' }),
      overAt: instant
        .nullable()
        .meta({ description: 'When it is over, done or not: the end of a snooze through the night' }),
    })
    .nullable(),
  start: scheduledChange.nullable(),
});
export const lastStopView = z.object({
  at: instant,
  reason: z.string(),
  mayRegret: z
    .boolean()
    .meta({ description: 'It is not long ago, and nobody has said yet that it was wrong' }),
});
export const computeView = computeAddress.extend({
  owner: person.nullable(),
  vmSize: z.string().nullable(),
  state: z.string().nullable().meta({ description: 'As the latest decision saw it; null: it did not look' }),
  pricePerHourUsd: z.number().nullable(),
  decision: decisionView,
  warnings: z.array(warningView),
  snooze: snoozeView.nullable(),
  stopAfterJob: wishView
    .nullable()
    .meta({ description: 'The wish that it be stopped once its job has ended; null: none holds' }),
  lastStop: lastStopView.nullable().meta({
    description: 'By Lamplighter, and it is off since then; null: it runs, or somebody else stopped it',
  }),
  schedule: outlookView
    .nullable()
    .meta({ description: 'What its schedules will do next; null: nothing, or none covers it' }),
});
export type ComputeView = z.infer<typeof computeView>;

/** What is known of one compute, as the ledger's modules give it. */
export type ComputeKnowledge = {
  readonly decision: Decision & { readonly sinceAt: number };
  readonly warnings: readonly {
    readonly warningId: string;
    readonly reason: string;
    readonly warnedAt: number | null;
    readonly stopDueAt: number | null;
  }[];
  readonly snooze: { readonly until: number; readonly at: number; readonly by: string } | null;
  readonly wish: KnownWish | null;
  readonly lastStop: {
    readonly at: number;
    readonly reason: string;
    readonly mayRegret: boolean;
  } | null;
  readonly outlook: (Outlook & { readonly sentence: string }) | null;
};

const changeOf = ({ at, schedule, zone }: ScheduledChange) => ({ at: instantOf(at), schedule, zone });

function outlookViewOf(outlook: ComputeKnowledge['outlook']): z.infer<typeof outlookView> | null {
  if (outlook === null) return null;
  const { sentence, stop, start } = outlook;
  return {
    sentence,
    stop: stop === null ? null : { ...changeOf(stop), due: stop.isDue, overAt: instantOrNull(stop.overAt) },
    start: start === null ? null : changeOf(start),
  };
}

/** A decision names the state where the state is its reason; every other one was made about a running instance. */
function stateSeen({ reason, facts }: Decision): string | null {
  const unread = (reason === 'keep.mode' && facts.mode === 'off') || reason === 'keep.not-settled';
  return facts.state ?? (unread ? null : 'Running');
}

export function computeViewOf(known: ComputeKnowledge): ComputeView {
  const { decision, warnings, snooze, wish, lastStop, outlook } = known;
  return {
    ...addressOf(decision.ref),
    owner: decision.owner === null ? null : { objectId: decision.owner.objectId, name: decision.owner.name },
    vmSize: decision.vmSize,
    state: stateSeen(decision),
    pricePerHourUsd: decision.pricePerHourUsd,
    decision: decisionViewOf(decision),
    warnings: warnings.map((warning) => ({
      warningId: warning.warningId,
      reason: warning.reason,
      warnedAt: instantOrNull(warning.warnedAt),
      stopDueAt: instantOrNull(warning.stopDueAt),
    })),
    snooze:
      snooze === null ? null : { until: instantOf(snooze.until), at: instantOf(snooze.at), by: snooze.by },
    stopAfterJob: wish === null || wish.endedAt !== null ? null : wishViewOf(wish),
    lastStop: lastStop === null ? null : { ...lastStop, at: instantOf(lastStop.at) },
    schedule: outlookViewOf(outlook),
  };
}
