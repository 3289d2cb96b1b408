import { z } from 'zod';
import { globs } from './scalars.ts';
import type { Match } from './types.ts';

const keys = {
  subscription: globs,
  workspace: globs,
  compute: globs,
  kind: globs,
  user: globs,
  team: globs,
  vmSize: globs,
  series: globs,
  family: globs,
  gpu: z.boolean(),
  tag: z
    .record(z.string().min(1), globs)
    .refine((tags) => Object.keys(tags).length > 0, { error: 'at least one tag name with a pattern' }),
};

const match = z.strictObject(keys).partial();

const compact = (given: z.output<typeof match>): Match =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** What a rule is about; an empty one is about everything. */
export const anyMatch = match.transform(compact);

/** For rules that would be dangerous if they held for everything by mistake. */
export const statedMatch = match
  .refine((given) => Object.keys(given).length > 0, {
    error: "at least one key (write compute: '*' for everything)",
  })
  .transform(compact);
