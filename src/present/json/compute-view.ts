import { z } from 'zod';
import type { Decision } from '../../core/idle/types.ts';
import { addressOf } from './compute-address.ts';
import { decisionView, decisionViewOf } from './decision-view.ts';
import { computeAddress, instant, instantOf, instantOrNull, person } from './scalars.ts';

export const warningView = z.object({
  warningId: z.string(),
  reason: z.string(),
  warnedAt: instant.nullable().meta({ description: 'Null: nobody could be told yet, and no clock runs' }),
  stopDueAt: instant.nullable(),
});
export const snoozeView = z.object({ until: instant, at: instant, by: z.string() });
export const computeView = computeAddress.extend({
  owner: person.nullable(),
  vmSize: z.string().nullable(),
  pricePerHourUsd: z.number().nullable(),
  decision: decisionView,
  warnings: z.array(warningView),
  snooze: snoozeView.nullable(),
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
};

export function computeViewOf({ decision, warnings, snooze }: ComputeKnowledge): ComputeView {
  return {
    ...addressOf(decision.ref),
    owner: decision.owner === null ? null : { objectId: decision.owner.objectId, name: decision.owner.name },
    vmSize: decision.vmSize,
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
  };
}
