import { z } from 'zod';
import type { DecidableCounts } from '../../core/activity/count-decidable.ts';

/** Who can be judged by what. */
export const decidableView = z
  .object({
    metrics: z.number().int(),
    session: z.number().int(),
    both: z.number().int(),
    neither: z.number().int(),
  })
  .meta({
    description: 'Running ones whose use was looked at, by the evidence that suffices for a verdict',
  }) satisfies z.ZodType<DecidableCounts>;
