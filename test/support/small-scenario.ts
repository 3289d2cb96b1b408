import { parseScenario } from '../../src/local/simulation/scenario/parse.ts';
import type { Scenario } from '../../src/local/simulation/scenario/types.ts';

export type SmallWorld = {
  readonly duration?: string;
  readonly seed?: number;
  /** YAML flow mapping. */
  readonly policy?: string;
  readonly users?: string;
  /** Further keys of the one machine, `ci-ada`. */
  readonly machine?: string;
  readonly metrics?: string;
  /** Further computes, deeds and expectations: YAML flow mappings. */
  readonly computes?: readonly string[];
  readonly timeline?: readonly string[];
  readonly expect?: readonly string[];
};

const idle = '[{ from: -3h, to: 100h, cpu: 0.4, network: 0 }]';
const list = (key: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `${key}:\n${items.map((item) => `  - ${item}\n`).join('')}`;

/** A scenario file with one idle machine of Ada's, and what a test adds. */
export const smallScenarioText = (given: SmallWorld = {}): string =>
  [
    'version: 1\n',
    'name: a small world\n',
    'start: 2026-03-02T08:00:00Z\n',
    `duration: ${given.duration ?? '2h'}\n`,
    `seed: ${given.seed ?? 1}\n`,
    `policy: ${given.policy ?? '{ mode: enforce }'}\n`,
    `users: ${given.users ?? '[{ name: ada }, { name: bob }, { name: root, roles: [Admin] }]'}\n`,
    'workspaces: [{ name: ws1, subscription: sub1, resourceGroup: rg1, location: westeurope }]\n',
    list('computes', [
      `{ name: ci-ada, workspace: ws1, kind: ComputeInstance, vmSize: Standard_DS3_v2, since: -3h, user: ada, metrics: ${given.metrics ?? idle}${given.machine === undefined ? '' : `, ${given.machine}`} }`,
      ...(given.computes ?? []),
    ]),
    list('timeline', given.timeline ?? []),
    list('expect', given.expect ?? []),
  ].join('');

export function smallScenario(given: SmallWorld = {}): Scenario {
  const parsed = parseScenario('small.yaml', smallScenarioText(given));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
  return parsed.scenario;
}
