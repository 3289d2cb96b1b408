import { z } from 'zod';
import { instant, instantOf, instantOrNull } from './scalars.ts';

export const wishView = z.object({
  job: z.string().nullable().meta({ description: 'Null: every job on it' }),
  by: z.string(),
  askedAt: instant,
  until: instant.meta({ description: 'When the wish ends by itself' }),
  quietForMinutes: z.number().meta({ description: 'How long it has to be quiet after the job' }),
  jobEndedAt: instant.nullable().meta({ description: 'When it was seen that the job has ended' }),
  outcome: z
    .enum(['stopped', 'withdrawn', 'expired', 'used', 'restarted', 'over'])
    .nullable()
    .meta({ description: 'What became of it; null: it holds' }),
  endedAt: instant.nullable(),
});

/** What is known of a wish, as the ledger gives it. */
export type KnownWish = {
  readonly job: string | null;
  readonly by: string;
  readonly askedAt: number;
  readonly untilAt: number;
  readonly quietForMs: number;
  readonly jobEndedAt: number | null;
  readonly outcome: z.infer<typeof wishView>['outcome'];
  readonly endedAt: number | null;
};

export const wishViewOf = (wish: KnownWish): z.infer<typeof wishView> => ({
  job: wish.job,
  by: wish.by,
  askedAt: instantOf(wish.askedAt),
  until: instantOf(wish.untilAt),
  quietForMinutes: wish.quietForMs / 60_000,
  jobEndedAt: instantOrNull(wish.jobEndedAt),
  outcome: wish.outcome,
  endedAt: instantOrNull(wish.endedAt),
});
