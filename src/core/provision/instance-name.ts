import { type ComputeName, parseComputeName, shortHash } from '../ids.ts';

const shortest = 3;
const longest = 24;

/**
 * What keeps a text from being the name of an instance, in words; null: nothing. A letter has to follow each `-`, though
 * not at once: `gpu-0a` is a name, `gpu-0` is none.
 */
export function instanceNameFault(text: string): string | null {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const faults: string[] = [];
  if (text.length < shortest || text.length > longest) {
    faults.push(`it has ${text.length} characters and needs ${shortest} to ${longest}`);
  }
  if (!/^[A-Za-z]/.test(text)) faults.push('it does not begin with a letter');
  if (/[^-A-Za-z0-9]/.test(text)) faults.push('it holds more than the letters A–Z, digits and "-"');
  if (/-[^A-Za-z]*$/.test(text)) faults.push('no letter follows its last "-"');
  return faults.length === 0 ? null : `${shown} cannot be the name of an instance: ${faults.join(', ')}.`;
}

/** What of a person's name can be part of an instance's: `Ada Lovelace` → `ada`. */
function wordOf(name: string | null): string {
  const plain = (name ?? '').normalize('NFKD').toLowerCase();
  const word = /[a-z][a-z0-9]*/.exec(plain.replaceAll(/[\u0300-\u036f]/g, ''))?.[0] ?? 'user';
  return word.slice(0, 12);
}

/** The same request always gets the same name, so that a repeated PUT addresses the same machine. */
export function generatedName(requestId: string, person: string | null): ComputeName {
  const hex = shortHash(`name|${requestId}`, 6);
  // A digit right after "-" would be allowed only if a letter came later.
  return parseComputeName(`ci-${wordOf(person)}-i${hex}`);
}
