import { defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import { progressBar } from '../progress-bar.ts';
import { readScenarios, type UnreadableFile } from '../simulate/read-scenarios.ts';
import { scenarioText } from '../simulate/scenario-text.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { runScenario } from '../../local/simulation/run-scenario.ts';
import type { ScenarioResult } from '../../local/simulation/result.ts';
import type { Scenario } from '../../local/simulation/scenario/types.ts';

const args = {
  file: { type: 'positional', required: false, description: 'Scenario files; a folder means all in it' },
  json: { type: 'boolean', description: 'One JSON object instead of text' },
  seed: { type: 'string', valueHint: 'N', description: 'Instead of the seed in each file' },
} as const;

function seedOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new LamplighterError(`--seed ${text} is not a whole number that is not negative.`, {
    code: 'cli.bad-flag',
    fault: 'caller',
    field: 'seed',
    fix: 'Give a number such as 7, or leave --seed out for the seeds in the files.',
  });
}

function tell(file: UnreadableFile): void {
  for (const line of file.lines) process.stderr.write(`${line}\n`);
}

/** The result, or why there is none: a world may contradict itself in ways that only show when it is made. */
async function attempt(
  scenario: Scenario,
  seed: number | undefined,
): Promise<ScenarioResult | UnreadableFile> {
  try {
    return await runScenario(scenario, seed === undefined ? {} : { seed });
  } catch (error) {
    if (!(error instanceof LamplighterError)) throw error;
    return {
      file: scenario.fileName,
      lines: [`${scenario.fileName}: ${scenario.name}: ${error.message} ${error.fix}`],
    };
  }
}

/** Runs everything that can be read; 1: something cannot, 2: something did not come out as expected. */
async function run(paths: readonly string[], json: boolean, seed: number | undefined): Promise<number> {
  const read = readScenarios(paths);
  const { scenarios } = read;
  const unreadable = [...read.unreadable];
  for (const file of unreadable) tell(file);
  const bar = progressBar(process.stderr, scenarios.length);
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of scenarios) {
      bar.show(scenarios.indexOf(scenario), scenario.name);
      const result = await attempt(scenario, seed);
      bar.clear();
      if ('lines' in result) {
        unreadable.push(result);
        tell(result);
        continue;
      }
      results.push(result);
      if (!json) process.stdout.write(scenarioText(scenario, result, process.stdout));
    }
  } finally {
    bar.clear();
  }
  if (json) process.stdout.write(`${JSON.stringify({ formatVersion: 1, scenarios: results }, null, 2)}\n`);
  else if (results.length > 1) {
    const passed = results.filter((result) => result.passed).length;
    process.stdout.write(`${passed} of ${results.length} scenarios passed\n`);
  }
  if (unreadable.length > 0) return 1;
  return results.every((result) => result.passed) ? 0 : 2;
}

const meta: HelpfulMeta = {
  name: 'simulate',
  description: 'Runs scenario files: the real app in a small simulated world under a virtual clock',
  examples: ['lamplighter simulate test/scenarios/evidence', 'lamplighter simulate my-world.yaml --json'],
  exits: {
    0: 'all as expected and no promise broken',
    1: 'a file cannot be read',
    2: 'something did not come out as expected',
  },
  manyWords: true,
};

export const simulate = defineCommand({
  meta,
  args,
  run: ({ args: given }) => run(given._, given.json === true, seedOf(given.seed)),
});
