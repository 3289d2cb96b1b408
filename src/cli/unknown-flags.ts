import { LamplighterError } from '../core/errors.ts';
import { nearestWord } from '../core/yaml/nearest.ts';

type Flags = Readonly<Record<string, { readonly type?: string; readonly default?: unknown }>>;

/** Names as they are typed: what is on by default is switched off with --no-. */
function spellings(args: Flags): ReadonlyMap<string, string> {
  const named = new Map<string, string>([['help', 'boolean']]);
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') continue;
    named.set(name, arg.type ?? 'string');
    if (arg.type === 'boolean' && arg.default === true) named.set(`no-${name}`, 'boolean');
  }
  return named;
}

/** Refuses flags that the command does not have, and values that are missing: both would be passed over in silence. */
export function refuseUnknownFlags(rawArgs: readonly string[], args: Flags): void {
  const known = spellings(args);
  for (let index = 0; index < rawArgs.length; index += 1) {
    const raw = rawArgs[index] ?? '';
    if (raw === '--') return;
    if (!raw.startsWith('-') || raw === '-') continue;
    const name = raw.replace(/^--?/, '').split('=', 1)[0] ?? '';
    const type = known.get(name);
    if (type === undefined || !raw.startsWith('--')) {
      const near = nearestWord(name, known.keys());
      throw badFlag(
        `There is no flag ${raw.slice(0, 80)}.`,
        near === undefined ? '' : `Did you mean --${near}? `,
      );
    }
    const hasValue = raw.includes('=');
    if (type === 'boolean') {
      if (hasValue) throw badFlag(`--${name} takes no value.`, '');
      continue;
    }
    if (hasValue) continue;
    const value = rawArgs[index + 1];
    if (value === undefined || value.startsWith('-')) throw badFlag(`${raw} needs a value.`, '');
    index += 1;
  }
}

const badFlag = (message: string, hint: string): LamplighterError =>
  new LamplighterError(message, {
    code: 'cli.bad-flag',
    fault: 'caller',
    fix: `${hint}--help lists the flags.`,
  });
