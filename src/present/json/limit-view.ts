import { z } from 'zod';
import { limitText } from '../../core/quota/limit-text.ts';
import type { LimitState } from '../../core/quota/types.ts';

/** One limit and where it stands. */
export const limitView = z.object({
  code: z.string().meta({ description: 'What a request beyond it is refused with' }),
  source: z.enum(['policy', 'azure']),
  per: z.string(),
  group: z.string(),
  unit: z.enum(['cores', 'instances', 'gpus', 'usd-this-month', 'computes']),
  limit: z.number().nullable().meta({ description: 'Null: Azure does not say' }),
  used: z.number(),
  usedAtMost: z.number().nullable().meta({ description: 'Null: more than is known may be in use' }),
  reserved: z.number(),
  asked: z.number(),
  state: z.enum(['within', 'exceeded', 'unknown']),
  effect: z.enum(['refuse', 'approval', 'report']),
  sentence: z.string(),
});
export type LimitView = z.infer<typeof limitView>;

export const limitViewOf = (limit: LimitState): LimitView => ({
  code: limit.code,
  source: limit.source,
  per: limit.group.per,
  group: limit.group.name,
  unit: limit.unit,
  limit: limit.source === 'azure' && limit.state === 'unknown' ? null : limit.limit,
  used: limit.used,
  usedAtMost: limit.usedAtMost,
  reserved: limit.reserved,
  asked: limit.asked,
  state: limit.state,
  effect: limit.effect,
  sentence: limitText(limit),
});
