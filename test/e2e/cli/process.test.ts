import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { usageText } from '../../../src/cli/usage-text.ts';
import { type CliWorld, cliWorld, type Printed, seenWorld } from '../../support/cli-world.ts';
import { idle } from '../../support/fleet-world.ts';

const entry = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

/** The real process, on nothing but its environment. */
async function runProcess(world: CliWorld, line: readonly string[]): Promise<Printed> {
  const token = await world.tokenOf('ada');
  const env = { PATH: process.env['PATH'], LAMPLIGHTER_URL: world.url, LAMPLIGHTER_TOKEN: token };
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...line], { env, encoding: 'utf8' }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe('the lamplighter process', { timeout: 60_000 }, () => {
  it('prints what the command prints, without colours where it is piped', async () => {
    const world = await seenWorld({ computes: [idle('ci-ada')] });
    const listed = await runProcess(world, ['instance', 'list']);
    expect(listed).toEqual(await world.lamplighter(['instance', 'list']));
    expect(listed.out).not.toContain('\u001b');
  });

  it('leaves with the command’s exit code, and tells faults on stderr alone', async () => {
    const world = await cliWorld();
    const none = await runProcess(world, ['instance', 'stop', 'ci-nobody', '--json']);
    expect([none.code, none.out]).toEqual([1, '']);
    expect(JSON.parse(none.err)).toMatchObject({ formatVersion: 1, error: { code: 'compute.not-found' } });
  });
});

type Command = {
  readonly meta?: { readonly examples?: readonly string[]; readonly description?: string };
  readonly subCommands?: Readonly<Record<string, Command | (() => Promise<Command>)>>;
};
async function leaves(command: Command, path: string): Promise<readonly (readonly [string, Command])[]> {
  const below = Object.entries(command.subCommands ?? {});
  if (below.length === 0) return [[path, command]];
  const found = await Promise.all(
    below.map(async ([name, sub]) =>
      leaves(typeof sub === 'function' ? await sub() : sub, `${path} ${name}`),
    ),
  );
  return found.flat();
}

describe('every command', () => {
  it('has help with examples of itself', async () => {
    const all = await leaves(commands as Command, 'lamplighter');
    expect(all.length).toBeGreaterThan(20);
    for (const [path, { meta }] of all) {
      const examples = meta?.examples ?? [];
      expect([path, examples.length > 0, examples.every((one) => one.startsWith(path))]).toEqual([
        path,
        true,
        true,
      ]);
    }
    const help = await (await cliWorld()).lamplighter(['instance', 'delete', '--help']);
    for (const words of [
      'Usage  lamplighter instance delete <INSTANCE> [flags]',
      '--confirm <NAME>',
      'Exit codes',
      '2  ',
    ]) {
      expect(help.out).toContain(words);
    }
    expect(help).toMatchObject({ code: 0, err: '' });
  });

  it('is found by the nearest of its name', async () => {
    const world = await cliWorld();
    for (const [line, words] of [
      [['instence'], 'Did you mean "lamplighter instance"?'],
      [['instance', 'lst'], 'Did you mean "lamplighter instance list"?'],
      [['quota', 'chek'], 'Did you mean "lamplighter quota check"?'],
      [['__proto__'], 'There is no command "lamplighter __proto__".'],
      [['instance', 'list', '--worskpace', 'x'], 'Did you mean --workspace?'],
      [['instance', 'list', 'x'], '"x" is one word too many.'],
      [['instance', 'list', '--json=yes'], '--json takes no value.'],
    ] as const) {
      const { code, out, err } = await world.lamplighter(line);
      expect([line, code, out, err.includes(words) ? words : err]).toEqual([line, 1, '', words]);
    }
  });

  it('colours its help only where it is seen', () => {
    const shown = { path: ['lamplighter'], meta: { description: 'x' }, args: {}, commands: [] };
    expect(usageText(shown, { columns: 80, coloured: true })).toContain('\u001b[1mUsage');
    expect(usageText(shown, { columns: 80, coloured: false })).not.toContain('\u001b');
  });
});
