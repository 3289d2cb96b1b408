import { shortHash } from '../../core/ids.ts';

export type Chance = (...about: readonly (string | number)[]) => number;

/** Lots 0 ≤ n < 1 that depend on the seed and on what they are about alone, so that it does not matter who draws first. */
export const chanceOf =
  (seed: number): Chance =>
  (...about) =>
    Number.parseInt(shortHash(`${seed}|${about.join('|')}`, 8), 16) / 4_294_967_296;
