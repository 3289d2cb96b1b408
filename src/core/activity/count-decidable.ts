import type { DecidableBy } from './types.ts';

/** How many machines each kind of evidence suffices for. */
export type DecidableCounts = Readonly<Record<DecidableBy, number>>;

export const noneDecidable: DecidableCounts = { metrics: 0, session: 0, both: 0, neither: 0 };

export function countDecidable(found: readonly DecidableBy[]): DecidableCounts {
  const counts = { ...noneDecidable };
  for (const one of found) counts[one] += 1;
  return counts;
}

export const addDecidable = (all: readonly DecidableCounts[]): DecidableCounts => ({
  metrics: all.reduce((sum, one) => sum + one.metrics, 0),
  session: all.reduce((sum, one) => sum + one.session, 0),
  both: all.reduce((sum, one) => sum + one.both, 0),
  neither: all.reduce((sum, one) => sum + one.neither, 0),
});
