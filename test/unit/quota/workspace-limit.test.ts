import { describe, expect, it } from 'vitest';
import { workspaceKey } from '../../../src/core/ids.ts';
import { quotaWord } from '../../../src/core/quota/azure-quota-word.ts';
import type { RegionUsages } from '../../../src/core/quota/types.ts';
import { checkWorkspaceLimit } from '../../../src/core/quota/workspace-limit.ts';
import { nearestFamilies } from '../../../src/core/targets/vm-families.ts';
import { simulatedWorkspace } from '../../support/simulated-adapters.ts';

const workspace = workspaceKey(simulatedWorkspace('ws1'));
const families = ['standardDSv2Family', 'standardNCSv3Family', 'standardFSv2Family', 'standardMSFamily'];
const usages: RegionUsages = {
  families: new Map([
    ['standarddsv2family', { used: 20, limit: 24 }],
    ['standardncsv3family', { used: 6, limit: null }],
  ]),
  regional: null,
  computes: null,
  workspaceUse: new Map([
    [
      workspace,
      new Map<string, number | null>([
        ['standarddsv2family', 8],
        ['standardncsv3family', null],
      ]),
    ],
  ]),
  workspaceLimits: new Map([[workspace, new Map([['standarddsv2family', 12]])]]),
  shown: new Set(),
};
const check = (family: string, cores: number, known: RegionUsages | null = usages) =>
  checkWorkspaceLimit({ workspace, family, cores }, families, known);

describe('a limit of a workspace', () => {
  it.each([8, 12, 24])(
    'of %i cores may be set between what is used and what the subscription has',
    (cores) => {
      expect(check('STANDARD_DSV2_FAMILY', cores)).toEqual({
        ok: true,
        family: 'standardDSv2Family',
        before: 12,
        used: 8,
      });
    },
  );

  it.each([
    ['standardDSv2Family', 7, 'quota.below-use'],
    ['standardDSv2Family', 25, 'quota.above-subscription'],
    ['standardDSv9Family', 12, 'quota.family'],
    ['', 12, 'quota.family'],
    // What is used there cannot be read, or nothing is said of the family.
    ['standardNCSv3Family', 12, 'quota.unreadable'],
    ['standardMSFamily', 12, 'quota.unreadable'],
  ])('of %s may not be set to %i: %s', (family, cores, code) => {
    expect(check(family, cores)).toMatchObject({ ok: false, fault: { code } });
  });

  it('is not set where the region cannot be read: unknown is not zero', () => {
    expect(check('standardDSv2Family', 12, null)).toMatchObject({ fault: { code: 'quota.unreadable' } });
  });

  it.each([
    ['standardDSv2Famly', 'standardDSv2Family'],
    ['dsv2', 'standardDSv2Family'],
    ['NCSv3', 'standardNCSv3Family'],
    ['Standard NCSv2 Family Cluster Dedicated vCPUs', 'standardNCSv3Family'],
  ])('of the family %s is answered with %s', (found, meant) => {
    expect(nearestFamilies(found, families)[0]).toBe(meant);
  });
});

describe('Azure’s word on it', () => {
  it('is explained, also one that nobody has seen yet', () => {
    expect(quotaWord('Success')).toBeNull();
    expect(quotaWord('InvalidQuotaBelowClusterMinimum')?.sentence).toContain('clusters keep');
    expect(quotaWord('OperationNotEnabledForRegion')?.fix).toContain('policy');
    expect(quotaWord('SomethingNew')?.sentence).toContain('"SomethingNew"');
  });
});
