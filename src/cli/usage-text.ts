import type { ArgDef, ArgsDef } from 'citty';
import { type Look, paint, table } from '../present/table.ts';
import type { HelpfulMeta } from './command-meta.ts';

export type Described = {
  /** The words that lead to the command. */
  readonly path: readonly string[];
  readonly meta: HelpfulMeta;
  readonly args: ArgsDef;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
};

const defaultExits: Readonly<Record<number, string>> = { 0: 'done', 1: 'an error' };

const indent = '  ';

const wordOf = (name: string, arg: ArgDef): string =>
  arg.required === false ? `[${name.toUpperCase()}]` : `<${name.toUpperCase()}>`;

function flagOf(name: string, arg: ArgDef): string {
  if (arg.type === 'boolean') return arg.default === true ? `--no-${name}` : `--${name}`;
  return `--${name} <${arg.valueHint ?? name}>`;
}

function descriptionOf(arg: ArgDef): string {
  const negative = arg.type === 'boolean' && arg.default === true ? arg.negativeDescription : undefined;
  const text = negative ?? arg.description ?? '';
  return arg.required === true && arg.type !== 'positional' ? `${text} (required)` : text;
}

function section(title: string, rows: readonly (readonly [string, string])[], look: Look): string {
  if (rows.length === 0) return '';
  const narrower = { ...look, columns: look.columns === null ? null : look.columns - indent.length };
  const [head = '', ...lines] = table([{ title }, { title: '', flexible: true }], rows, narrower)
    .trimEnd()
    .split('\n');
  return `\n${[head, ...lines.map((line) => indent + line)].join('\n')}\n`;
}

/** What --help prints: usage, words, flags, commands, examples and exit codes. */
export function usageText({ path, meta, args, commands }: Described, look: Look): string {
  const all = Object.entries(args);
  const words = all.filter(([, arg]) => arg.type === 'positional');
  const flags = all.filter(([, arg]) => arg.type !== 'positional');
  const needed = flags.filter(([, arg]) => arg.required === true);
  const line = [
    ...path,
    ...(commands.length > 0 ? ['<command>'] : []),
    ...words.map(([name, arg]) => wordOf(name, arg)),
    ...needed.map(([name, arg]) => flagOf(name, arg)),
    ...(flags.length > needed.length ? ['[flags]'] : []),
  ].join(' ');
  const examples = meta.examples ?? [];
  const exits = commands.length > 0 ? [] : Object.entries(meta.exits ?? defaultExits);
  return [
    `${meta.description ?? ''}\n`,
    `\n${paint(look, 'bold', 'Usage')}  ${line}\n`,
    section(
      'Words',
      words.map(([name, arg]) => [name.toUpperCase(), descriptionOf(arg)]),
      look,
    ),
    section(
      'Commands',
      commands.map(({ name, description }) => [name, description]),
      look,
    ),
    section(
      'Flags',
      flags.map(([name, arg]) => [flagOf(name, arg), descriptionOf(arg)]),
      look,
    ),
    examples.length === 0
      ? ''
      : `\n${paint(look, 'bold', 'Examples')}\n${examples.map((example) => `  ${example}\n`).join('')}`,
    section(
      'Exit codes',
      exits.map(([code, meaning]) => [code, meaning]),
      look,
    ),
    commands.length > 0 ? `\n${path.join(' ')} <command> --help says more about each.\n` : '',
  ].join('');
}
