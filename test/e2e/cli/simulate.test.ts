import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readScenarios } from '../../../src/cli/simulate/read-scenarios.ts';
import { runScenario } from '../../../src/local/simulation/run-scenario.ts';
import { smallScenario, smallScenarioText } from '../../support/small-scenario.ts';

const entry = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lamplighter-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Run = { readonly code: number; readonly out: string; readonly err: string };

const lamplighter = (...args: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const options = { cwd: folder, encoding: 'utf8' } as const;
    execFile(process.execPath, [entry, ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return name;
}

const short = { duration: '10m' };
const good = { ...short, expect: ['{ compute: ci-ada, warned: { before: 0s } }'] };
const bad = { ...short, expect: ['{ compute: ci-ada, warned: never }'] };

describe('lamplighter simulate', { timeout: 60_000 }, () => {
  it('prints what happened and ends with 0 if all came out as expected', async () => {
    const { code, out, err } = await lamplighter('simulate', file('good.yaml', smallScenarioText(good)));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('a small world\n');
    expect(out).toMatch(/0s {2}ci-ada {2}warn\.idle {2}/);
    expect(out).toMatch(/met .*"warned".*: warned at 0s \(warn\.idle\)\n {2}passed\n/);
  });

  it('ends with 2 if something did not, and says what it saw', async () => {
    const { code, out } = await lamplighter('simulate', file('bad.yaml', smallScenarioText(bad)));
    expect(code).toBe(2);
    expect(out).toMatch(/NOT MET .*warned at 0s/);
    expect(out).toContain('FAILED');
  });

  it('takes a folder for all scenarios below it, and prints one JSON object of the agreed form', async () => {
    file('corpus/b/two.yml', smallScenarioText(bad));
    file('corpus/a/one.yaml', smallScenarioText(good));
    file('corpus/notes.txt', 'not a scenario');
    const { code, out, err } = await lamplighter('simulate', 'corpus', '--json', '--seed', '5');
    expect({ code, err }).toEqual({ code: 2, err: '' });
    const object = JSON.parse(out) as { scenarios: Record<string, unknown>[] };
    expect(Object.keys(object)).toEqual(['formatVersion', 'scenarios']);
    expect(object).toMatchObject({
      formatVersion: 1,
      scenarios: [
        { name: 'a small world', seed: 5, passed: true },
        { name: 'a small world', seed: 5, passed: false },
      ],
    });
    expect(Object.keys(object.scenarios[0] ?? {})).toEqual([
      'name',
      'seed',
      'passed',
      'timeline',
      'expectations',
      'violations',
      'calls',
    ]);
  });

  it('prints the same bytes in another folder as in this process', async () => {
    const { out } = await lamplighter(
      'simulate',
      file('deep/er/good.yaml', smallScenarioText(good)),
      '--json',
    );
    const here = await runScenario(smallScenario(good));
    expect(out).toBe(`${JSON.stringify({ formatVersion: 1, scenarios: [here] }, null, 2)}\n`);
  });

  it('names file, line and key of each fault, runs the others, and ends with 1', async () => {
    const text = smallScenarioText(good).replace('duration:', 'durration:');
    const { code, out, err } = await lamplighter('simulate', file('typo.yaml', text), 'good.yaml');
    expect(code).toBe(1);
    expect(err).toMatch(/^typo\.yaml:4:1 durration: .*Did you mean "duration"\?$/m);
    expect(out).toContain('passed');
  });

  it('says by name what is not supported yet', () => {
    const timeline = ['{ at: 1m, do: snooze, compute: ci-ada, for: 1h, by: ada }'];
    const path = join(folder, file('later.yaml', smallScenarioText({ ...short, timeline })));
    const { scenarios, unreadable } = readScenarios([path], new Set());
    expect(scenarios).toEqual([]);
    expect(unreadable).toEqual([
      { file: path, lines: [`${path}:12 timeline[0].do: do.snooze is not supported yet`] },
    ]);
  });

  it('says what is wrong with paths and files that cannot be read', async () => {
    mkdirSync(join(folder, 'empty'));
    file('latin.yaml', Uint8Array.of(0x6e, 0xe9));
    const { code, err } = await lamplighter('simulate', 'missing.yaml', 'empty', 'latin.yaml');
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      'missing.yaml: there is no such file or folder. Check the path.',
      'empty: the folder holds no .yaml or .yml file. Name a folder with scenarios.',
      'latin.yaml: it is not UTF-8 text. Save it as UTF-8.',
      '',
    ]);
  });

  it.each([
    [['simulate'], 'No scenario file was named.'],
    [['simulate', 'good.yaml', '--jsn'], 'There is no flag --jsn.\nDid you mean --json?'],
    [['simulate', 'good.yaml', '--seed', 'x'], '--seed x is not a whole number'],
    [['simulate', 'good.yaml', '--seed'], '--seed needs a value'],
  ])('refuses %j in words', async (args, words) => {
    const { code, err } = await lamplighter(...args);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });
});
