import { shortHash } from '../ids.ts';

/** Without the letters that are taken for digits or for one another. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codePattern = /^[0-9A-HJKMNP-TV-Z]{25}$/;
const groups = 5;
const perGroup = 5;

/** How many random bytes a code is made of; five bits of each count. */
export const codeBytes = groups * perGroup;

/** A one-time code of 125 random bits, as a person can read it out: `7K2QF-…`. */
export function codeFrom(random: Uint8Array): string {
  const letters = Array.from({ length: codeBytes }, (_, index) => alphabet[(random[index] ?? 0) % 32] ?? '0');
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * perGroup, (group + 1) * perGroup).join(''),
  ).join('-');
}

/** What the ledger knows a code by; null: no code, whatever somebody meant it to be. Casing and dashes do not matter. */
export function codeHashOf(text: string): string | null {
  if (text.length > 64) return null;
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return codePattern.test(letters) ? shortHash(`enrolment code ${letters}`) : null;
}
