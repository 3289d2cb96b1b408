import { z } from 'zod';
import { decidableView } from './decidable-view.ts';
import { formatVersion, instant } from './scalars.ts';

/** One pass over the fleet, running or ended. */
export const sweepView = z.object({
  sweepId: z.string(),
  status: z.enum(['running', 'finished', 'superseded', 'failed']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  policyHash: z.string(),
  workspaces: z.number().int(),
  instances: z.number().int(),
  running: z.number().int(),
  asked: z.number().int().meta({ description: 'Running ones that were judged by their use' }),
  decidable: z.number().int().meta({ description: 'Those of them whose evidence allowed a verdict' }),
  decidableBy: decidableView,
  byReason: z.record(z.string(), z.number().int()),
  warned: z.number().int(),
  withdrawn: z.number().int(),
  heldByBlastLimit: z.number().int(),
  batchId: z.string().nullable(),
  faults: z.array(z.object({ workspace: z.string().nullable(), code: z.string(), message: z.string() })),
  error: z.string().nullable(),
});
export type SweepView = z.infer<typeof sweepView>;

export const sweepAnswer = sweepView.extend({ formatVersion });
export const sweepListAnswer = z.object({ formatVersion, sweeps: z.array(sweepView) });
