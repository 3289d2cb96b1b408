import type { ComputeKey } from '../../core/ids.ts';
import { checkExpectations, type LampActs } from './expectation-check.ts';
import type { ScenarioResult } from './result.ts';
import type { Scenario } from './scenario/types.ts';
import { Simulation } from './simulation.ts';

export type RunOptions = {
  /** Instead of the one in the file. */
  readonly seed?: number;
};

/**
 * Runs the real app in the scenario's world under a virtual clock, and checks what came of it. The same scenario and seed
 * give the same result. What the scenario uses must be supported: see `unsupportedFeatures`.
 */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<ScenarioResult> {
  const seed = options.seed ?? scenario.seed;
  const simulation = new Simulation(scenario, seed);
  await simulation.run();
  const { stage, keeper, glances } = simulation;
  const warned = stage.warnings.recorded.map((one): LampActs => ({ act: 'warned', ...one }));
  const written = stage.azure.writes.flatMap(({ byApp, operation, computeId, at }): LampActs[] => {
    if (!byApp || computeId === null || (operation !== 'patch' && operation !== 'delete')) return [];
    const act = operation === 'patch' ? 'patched' : 'deleted';
    return [{ act, key: computeId.toLowerCase() as ComputeKey, at, reason: null }];
  });
  const expectations = checkExpectations(stage, glances, [...simulation.acts, ...warned, ...written]);
  const { violations } = keeper;
  return {
    name: scenario.name,
    seed,
    passed: violations.length === 0 && expectations.every((one) => one.met),
    timeline: stage.timeline.entries,
    expectations,
    violations,
    calls: Object.fromEntries([...stage.azure.calls].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
