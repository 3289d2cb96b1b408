import { type ArgsDef, type CommandDef, runCommand } from 'citty';
import { LamplighterError } from '../core/errors.ts';
import { nearestWord } from '../core/yaml/nearest.ts';
import type { HelpfulMeta } from './command-meta.ts';
import { faultText } from './fault-text.ts';
import { refuseUnknownFlags } from './unknown-flags.ts';
import { refuseWrongWords } from './wrong-words.ts';
import type { Surroundings } from './surroundings.ts';
import { usageText } from './usage-text.ts';

type Loadable<T> = T | Promise<T> | (() => T) | (() => Promise<T>);
const loaded = async <T>(value: Loadable<T>): Promise<T> =>
  typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value;

type Place = {
  readonly command: CommandDef;
  readonly path: readonly string[];
  /** What of the line is not a command's name. */
  readonly rest: readonly string[];
};

const wantsHelp = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
};

/** Follows the names of commands as far as they go. Throws `cli.unknown-command`. */
async function placeOf(root: CommandDef, line: readonly string[]): Promise<Place> {
  let place: Place = { command: root, path: ['lamplighter'], rest: line };
  for (;;) {
    const below = (await loaded(place.command.subCommands ?? {})) as Record<string, Loadable<CommandDef>>;
    const names = Object.keys(below);
    const [name, ...rest] = place.rest;
    if (names.length === 0 || name === undefined || name.startsWith('-')) return place;
    const next = Object.hasOwn(below, name) ? below[name] : undefined;
    if (next === undefined) {
      const near = nearestWord(name, names);
      const command = place.path.join(' ');
      throw new LamplighterError(`There is no command "${command} ${name.slice(0, 40)}".`, {
        code: 'cli.unknown-command',
        fault: 'caller',
        fix: `${near === undefined ? '' : `Did you mean "${command} ${near}"? `}There are: ${names.join(', ')}. "${command} --help" says what they do.`,
      });
    }
    place = { command: await loaded(next), path: [...place.path, name], rest };
  }
}

async function helpOf({ command, path }: Place, look: Surroundings['look']): Promise<string> {
  const below = (await loaded(command.subCommands ?? {})) as Record<string, Loadable<CommandDef>>;
  const commands: { name: string; description: string }[] = [];
  for (const [name, sub] of Object.entries(below)) {
    const { meta } = await loaded(sub);
    commands.push({ name, description: (await loaded(meta ?? {})).description ?? '' });
  }
  const meta: HelpfulMeta = await loaded(command.meta ?? {});
  return usageText({ path, meta, args: await loaded(command.args ?? {}), commands }, look);
}

/** Runs one command line; answers the exit code. Faults are told on stderr: as text, or as JSON where JSON was asked for. */
export async function runLine(
  root: CommandDef,
  line: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const { stdout, stderr, look } = surroundings;
  try {
    const place = await placeOf(root, line);
    if (wantsHelp(place.rest) || place.command.run === undefined) {
      const help = await helpOf(place, look);
      const asked = wantsHelp(line) || line.length === 0;
      (asked ? stdout : stderr).write(help);
      return asked ? 0 : 1;
    }
    const args: ArgsDef = await loaded(place.command.args ?? {});
    const meta: HelpfulMeta = await loaded(place.command.meta ?? {});
    refuseUnknownFlags(place.rest, args);
    refuseWrongWords(place.rest, args, meta.manyWords === true);
    const { result } = await runCommand(place.command, { rawArgs: [...place.rest], data: surroundings });
    return typeof result === 'number' ? result : Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof LamplighterError)) throw error;
    stderr.write(faultText(error, line.includes('--json')));
    return error.code.startsWith('refuse.') ? 2 : 1;
  }
}
