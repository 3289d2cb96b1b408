import { familyKey } from '../quota/family-key.ts';
import { nearestWord } from '../yaml/nearest.ts';
import { documentedSeries } from './series-facts.ts';

/** Families of the documented series, as Azure spells them; a region's list holds newer ones. */
export const documentedFamilies: readonly string[] = documentedSeries.map(
  (series) => `standard${series}Family`,
);

/** Whether a family could bear the name, whatever series Azure thinks of next. */
export const isFamilyName = (name: string): boolean => /^[a-z]+[a-z0-9_ ]*family$/i.test(name);

/** Whole names are long and much alike, so that the part between `standard` and `Family` decides what is near. */
const coreOf = (family: string): string =>
  familyKey(family)
    .replace(/^standard/, '')
    .replace(/fam[a-z]{0,4}$/, '');

/** Up to three families that were probably meant, the nearest first. */
export function nearestFamilies(found: string, known: readonly string[]): readonly string[] {
  const wanted = coreOf(found);
  const byCore = new Map(known.map((family) => [coreOf(family), family]));
  const near: string[] = [];
  while (near.length < 3) {
    const core =
      nearestWord(wanted, byCore.keys()) ??
      [...byCore.keys()]
        .filter((one) => wanted.length > 1 && (one.includes(wanted) || wanted.includes(one)))
        .toSorted((one, other) => other.length - one.length)[0];
    if (core === undefined) break;
    near.push(byCore.get(core) ?? core);
    byCore.delete(core);
  }
  return near;
}
