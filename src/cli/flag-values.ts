import { LamplighterError } from '../core/errors.ts';
import { parseDuration } from '../core/policy/duration.ts';

export function badFlag(message: string, flag: string, fix: string): LamplighterError {
  return new LamplighterError(message, { code: 'cli.bad-flag', fault: 'caller', field: flag, fix });
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

/** Milliseconds of a duration above zero. Throws `cli.bad-flag`. */
export function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0) return ms;
  throw badFlag(`--${flag} ${shown(text)} is no duration.`, flag, 'Give one such as 45m, 2h, 1h30m or 1d.');
}

/** Throws `cli.bad-flag`. */
export function yesOrNo(flag: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw badFlag(
    `--${flag} ${shown(text)} is neither yes nor no.`,
    flag,
    `Give --${flag} yes or --${flag} no.`,
  );
}

/** Every value of a flag that may be given several times, in order. */
export function valuesOf(flag: string, rawArgs: readonly string[]): readonly string[] {
  const values: string[] = [];
  for (const [index, raw] of rawArgs.entries()) {
    if (raw === '--') break;
    if (raw === `--${flag}`) values.push(rawArgs[index + 1] ?? '');
    else if (raw.startsWith(`--${flag}=`)) values.push(raw.slice(flag.length + 3));
  }
  return values;
}

/** Pairs of `name=value`, in a flag that may be given several times. Throws `cli.bad-flag`, which repeats no secret. */
export function pairsOf(
  flag: string,
  rawArgs: readonly string[],
  { isSecret = false }: { readonly isSecret?: boolean } = {},
): Readonly<Record<string, string>> {
  const pairs = valuesOf(flag, rawArgs).map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    const what = isSecret ? `A value of --${flag}` : `--${flag} ${shown(text)}`;
    throw badFlag(`${what} is no pair.`, flag, `Give --${flag} NAME=VALUE, once for each.`);
  });
  return Object.fromEntries(pairs);
}
