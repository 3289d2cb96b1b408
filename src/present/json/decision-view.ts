import { z } from 'zod';
import type { Decision } from '../../core/idle/types.ts';
import { explain } from '../../core/explain/explain.ts';
import { instant, instantOf, instantOrNull } from './scalars.ts';

export const decisionView = z.object({
  at: instant,
  /** Since when action and reason have been these. */
  sinceAt: instant,
  action: z.enum(['keep', 'warn', 'stop', 'start']),
  reason: z.string().meta({ description: 'A reason code, such as keep.active.job' }),
  would: z.string().nullable().meta({ description: 'What mode or a brake stood in the way of' }),
  sentence: z.string(),
  brief: z.string().meta({ description: 'The sentence without what a stop takes and leaves: for tables' }),
  stopDueAt: instant.nullable(),
  decidableBy: z.enum(['metrics', 'session', 'both', 'neither']).nullable(),
  coverage: z.number().nullable().meta({ description: '0 to 1: the share of the evidence that was there' }),
  policyHash: z.string(),
});
export type DecisionView = z.infer<typeof decisionView>;

export function decisionViewOf(decision: Decision & { readonly sinceAt: number }): DecisionView {
  return {
    at: instantOf(decision.at),
    sinceAt: instantOf(decision.sinceAt),
    action: decision.action,
    reason: decision.reason,
    would: decision.would ?? null,
    sentence: explain(decision),
    brief: explain(decision, { brief: true }),
    stopDueAt: instantOrNull(decision.stopDueAt),
    decidableBy: decision.evidence?.decidableBy ?? null,
    coverage: decision.evidence?.coverage ?? null,
    policyHash: decision.policyHash,
  };
}
