import type { ArgsDef } from 'citty';
import { LamplighterError } from '../core/errors.ts';

/** The words of a line that belong to no flag. */
export function wordsOf(rawArgs: readonly string[], args: ArgsDef): readonly string[] {
  const words: string[] = [];
  for (let index = 0; index < rawArgs.length; index += 1) {
    const raw = rawArgs[index] ?? '';
    if (raw === '--') return [...words, ...rawArgs.slice(index + 1)];
    if (!raw.startsWith('-') || raw === '-') words.push(raw);
    else if (!raw.includes('=') && args[raw.slice(2)]?.type === 'string') index += 1;
  }
  return words;
}

/** Refuses a line that lacks something, or says too much; all that is missing at once. The flags were found to be known. */
export function refuseWrongWords(rawArgs: readonly string[], args: ArgsDef, manyWords: boolean): void {
  const words = wordsOf(rawArgs, args);
  const places = Object.entries(args).filter(([, arg]) => arg.type === 'positional');
  const isGiven = (name: string): boolean =>
    rawArgs.some((raw) => raw === `--${name}` || raw.startsWith(`--${name}=`));
  const missing = [
    ...places
      .slice(words.length)
      .flatMap(([name, arg]) => (arg.required === false ? [] : [name.toUpperCase()])),
    ...Object.entries(args).flatMap(([name, arg]) =>
      arg.type !== 'positional' && arg.required === true && !isGiven(name) ? [`--${name}`] : [],
    ),
  ];
  if (missing.length > 0) {
    throw new LamplighterError(`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, {
      code: 'cli.missing-flag',
      fault: 'caller',
      fix: '--help says what is needed.',
    });
  }
  const surplus = words[places.length];
  if (surplus === undefined || manyWords) return;
  throw new LamplighterError(`${JSON.stringify(surplus.slice(0, 80))} is one word too many.`, {
    code: 'cli.bad-flag',
    fault: 'caller',
    fix: 'Quote values with blanks; --help says what is taken.',
  });
}
