import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CorpusFile, corpusFiles, pageFile, sectionOf } from '../../scripts/scenarios-page.ts';
import type { ScenarioResult } from '../../src/local/simulation/result.ts';
import { runScenario } from '../../src/local/simulation/run-scenario.ts';
import { unsupportedFeatures } from '../../src/local/simulation/scenario/features.ts';
import { parseScenario } from '../../src/local/simulation/scenario/parse.ts';
import type { Scenario } from '../../src/local/simulation/scenario/types.ts';
import { supportedFeatures } from '../../src/local/simulation/supported-features.ts';

/** Large worlds take their time on a busy machine. */
const patienceMs = 180_000;

export function readCorpusFile({ path, text }: Pick<CorpusFile, 'path' | 'text'>): Scenario {
  const parsed = parseScenario(path, text);
  if (!parsed.ok) throw new Error(`${path} cannot be read: ${JSON.stringify(parsed.faults, null, 2)}`);
  return parsed.scenario;
}

/** The file of that path below the corpus, as `waiting/snooze.yaml`. */
export function corpusScenario(path: string): Scenario {
  const file = corpusFiles().find((one) => one.path === path);
  if (file === undefined) throw new Error(`There is no scenario ${path}.`);
  return readCorpusFile(file);
}

/** What a reader wants to see of a run that did not come out as expected. */
export const shortfalls = (result: ScenarioResult) => ({
  unmet: result.expectations.filter((one) => !one.met),
  violations: result.violations,
});

/** Tests every file of one group of the corpus, each under the scenario's own name, and what the page says of them. */
export function testGroup(group: string): void {
  describe(`the corpus: ${group}`, () => {
    const sections: { readonly path: string; readonly section: string }[] = [];
    for (const file of corpusFiles().filter((one) => one.group === group)) {
      const scenario = readCorpusFile(file);
      it.each([{ name: scenario.name }])(
        '$name',
        async () => {
          expect(unsupportedFeatures(scenario, supportedFeatures)).toEqual([]);
          const result = await runScenario(scenario);
          sections.push({ path: file.path, section: sectionOf(file, result) });
          expect(shortfalls(result)).toEqual({ unmet: [], violations: [] });
        },
        patienceMs,
      );
    }

    it('is told in docs/scenarios.md as it comes out (else: npm run scenarios)', () => {
      const page = readFileSync(pageFile, 'utf8');
      const stale = sections.filter(({ section }) => !page.includes(section)).map(({ path }) => path);
      expect(stale).toEqual([]);
    });
  });
}
