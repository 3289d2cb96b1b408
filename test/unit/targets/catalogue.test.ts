import { describe, expect, it } from 'vitest';
import { attachableKinds } from '../../../src/core/policy/kinds.ts';
import { attachableTargetOf, computeTargets, targetOf } from '../../../src/core/targets/catalogue.ts';

describe('the catalogue of compute targets', () => {
  it('holds every kind that can be attached, and says of every other why not', () => {
    const attached = computeTargets.filter(({ comes }) => comes === 'attached').map(({ kind }) => kind);
    expect(attached.toSorted()).toEqual([...attachableKinds].toSorted());
    for (const target of computeTargets) {
      expect([target.kind, target.because === null]).toEqual([target.kind, target.comes === 'attached']);
    }
  });

  it.each([
    ['ACI', 'ContainerInstances'],
    ['Azure Container Instances', 'ContainerInstances'],
    ['Azure Batch', 'Batch'],
    ['local computer', 'local'],
    ['DSVM', 'VirtualMachine'],
    ['databricks', 'Databricks'],
    ['AmlCompute', 'AmlCompute'],
  ])('knows %s as %s', (name, kind) => {
    expect(targetOf(name)?.kind).toBe(kind);
  });

  it('knows nothing of a kind that does not exist', () => {
    expect([targetOf('Quantum'), attachableTargetOf('Batch'), attachableTargetOf('__proto__')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('says which service is retired', () => {
    expect(computeTargets.filter(({ retired }) => retired).map(({ kind }) => kind)).toEqual([
      'DataLakeAnalytics',
    ]);
  });
});
