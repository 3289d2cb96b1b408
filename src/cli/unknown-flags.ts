import { LamplighterError } from '../core/errors.ts';
import { nearestWord } from '../core/yaml/nearest.ts';

/** Refuses flags that the command does not have, and values that are missing: both would be passed over in silence. */
export function refuseUnknownFlags(
  rawArgs: readonly string[],
  args: Readonly<Record<string, { readonly type: string }>>,
): void {
  const known = Object.entries(args).filter(([, arg]) => arg.type !== 'positional');
  for (const [index, raw] of rawArgs.entries()) {
    if (raw === '--') return;
    if (!raw.startsWith('-') || raw === '-') continue;
    const name = raw.replace(/^--?/, '').split('=', 1)[0] ?? '';
    const flag = known.find(([word]) => word === name);
    if (flag === undefined || !raw.startsWith('--')) {
      const words = known.map(([word]) => word);
      const near = nearestWord(name, words);
      throw badFlag(`There is no flag ${raw}.`, near === undefined ? '' : `Did you mean --${near}? `);
    }
    if (flag[1].type !== 'string' || raw.includes('=')) continue;
    const value = rawArgs[index + 1];
    if (value === undefined || value.startsWith('-')) throw badFlag(`${raw} needs a value.`, '');
  }
}

const badFlag = (message: string, hint: string): LamplighterError =>
  new LamplighterError(message, {
    code: 'cli.bad-flag',
    fault: 'caller',
    fix: `${hint}--help lists the flags.`,
  });
