/** One who waits, as things are now; of limits their keys. */
export type InLine = {
  readonly placeId: string;
  /** The whole request would pass. */
  readonly fits: boolean;
  /** Limits that it waits or waited for. */
  readonly waitsFor: readonly string[];
  /** Limits that its machine would count in, broken or not. */
  readonly countsIn: readonly string[];
  readonly overtaken: number;
};

export type NextInLine = {
  /** Null: nobody may go now. */
  readonly next: string | null;
  /** Who came before and is passed over by that. */
  readonly passed: readonly string[];
};

/** So often those who came later may go ahead of one that does not fit yet; then its limits fill up for it. */
export const overtakenAtMost = 3;

const share = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((key) => others.includes(key));

/**
 * Who gets room, of a line in the order of coming: the first that fits. Small ones may go ahead of a large one, since room
 * that it cannot use yet helps nobody, but not for ever.
 */
export function nextInLine(line: readonly InLine[]): NextInLine {
  const kept: string[] = [];
  const before: InLine[] = [];
  for (const one of line) {
    if (one.fits && !share(one.countsIn, kept)) {
      const passed = before.filter(({ waitsFor }) => share(waitsFor, one.countsIn));
      return { next: one.placeId, passed: passed.map(({ placeId }) => placeId) };
    }
    if (!one.fits) {
      before.push(one);
      if (one.overtaken >= overtakenAtMost) kept.push(...one.waitsFor);
    }
  }
  return { next: null, passed: [] };
}
