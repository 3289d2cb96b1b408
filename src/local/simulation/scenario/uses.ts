import { keyPath, type YamlPath } from '../../../core/yaml/fault.ts';
import type { ReadDeed } from './deed-schemas.ts';
import { isAttached } from './compute.ts';
import { isFeature, type FeatureUse } from './features.ts';
import type { FaultCollector } from './reader.ts';
import type { Expectation, StatedExpectation } from './types.ts';
import type { ReadCompute, ReadFile } from './world-schema.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const featureOf = (part: Expectation): string => `expect.${part.expect === 'act' ? part.act : part.expect}`;

/** Every part of the format that a file makes use of and that may not be supported, in the order of the file. */
export function usesOf(
  file: ReadFile,
  deeds: readonly ReadDeed[],
  expectations: readonly StatedExpectation[],
  faults: FaultCollector,
): readonly FeatureUse[] {
  const uses: FeatureUse[] = [];
  const use = (feature: string, path: YamlPath): void => {
    if (isFeature(feature)) uses.push({ feature, key: keyPath(path), line: faults.lineOf(path) });
  };
  const usePolicy = (policy: unknown, path: YamlPath): void => {
    if (!isMapping(policy)) return;
    for (const section of Object.keys(policy)) use(`policy.${section}`, [...path, section]);
  };
  const useCompute = (compute: ReadCompute, path: YamlPath): void => {
    if (compute.kind === 'AmlCompute') use('world.cluster', [...path, 'kind']);
    if (isAttached(compute.kind)) use('world.attached', [...path, 'kind']);
    if (compute.reports.length > 0) use('world.reports', [...path, 'reports']);
    if (compute.disk.length > 0) use('world.disk', [...path, 'disk']);
    if (compute.inUse !== undefined) use('world.inUse', [...path, 'inUse']);
  };

  usePolicy(file.policy, ['policy']);
  if (file.events !== 'normal') use('world.events', ['events']);
  if (file.resources.length > 0) use('world.resources', ['resources']);
  if (Object.keys(file.quotas).length > 0) use('world.quotas', ['quotas']);
  for (const [index, compute] of file.computes.entries()) useCompute(compute, ['computes', index]);
  for (const [index, deed] of deeds.entries()) {
    const path = ['timeline', index];
    use(`do.${deed.do}`, [...path, 'do']);
    if (deed.do === 'setPolicy') usePolicy(deed.policy, [...path, 'policy']);
    if (deed.do === 'create') useCompute(deed.compute, [...path, 'compute']);
  }
  for (const [index, { parts }] of expectations.entries()) {
    for (const part of parts) {
      const feature = featureOf(part);
      use(feature, ['expect', index, feature.slice('expect.'.length)]);
    }
  }
  return uses.sort((a, b) => a.line - b.line);
}
