import { describe, expect, it } from 'vitest';
import type { VmSize } from '../../../src/core/computes.ts';
import { documentedSupport, isIsolatedSize } from '../../../src/core/targets/series-facts.ts';
import { sizeVerdict } from '../../../src/core/targets/size-rules.ts';

const size = (name: string, vCPUs: number, gpus = 0, more: Partial<VmSize> = {}): VmSize => ({
  name,
  vCPUs,
  gpus,
  family: 'any',
  pricePerHourUsd: vCPUs / 10,
  supportedComputeTypes: ['AmlCompute', 'ComputeInstance'],
  ...more,
});
const region = new Map(
  [
    size('Standard_DS3_v2', 4),
    size('Standard_DS4_v2', 8),
    size('Standard_D4s_v3', 4),
    size('Standard_F72s_v2', 72),
    size('Standard_NC6s_v3', 6, 1),
    size('Standard_NC12s_v3', 12, 2),
    size('Standard_NC24rs_v3', 24, 4),
    size('Standard_HB60rs', 60, 0, { supportedComputeTypes: ['AmlCompute'] }),
  ].map((one) => [one.name.toLowerCase(), one]),
);
const open = { allow: ['*'], deny: [], isolated: 'allow' } as const;

describe('a size', () => {
  it('that the region lists for instances passes, in any casing', () => {
    expect(sizeVerdict('STANDARD_DS3_V2', region, open)).toMatchObject({
      ok: true,
      size: { name: 'Standard_DS3_v2' },
    });
  });

  it.each([
    ['not in the region', 'Standard_DS99_v2', open, ['refuse.size.unknown']],
    ['not for instances', 'Standard_HB60rs', open, ['refuse.size.unknown']],
    ['not allowed', 'Standard_NC6s_v3', { ...open, allow: ['Standard_D*'] }, ['refuse.size.denied']],
    [
      'allowed and denied',
      'Standard_NC24rs_v3',
      { ...open, allow: ['Standard_NC*'], deny: ['*24rs*'] },
      ['refuse.size.denied'],
    ],
    [
      'isolated where that is denied',
      'Standard_F72s_v2',
      { ...open, isolated: 'deny' },
      ['refuse.size.isolation'],
    ],
    [
      'shared where isolation is required',
      'Standard_DS3_v2',
      { ...open, isolated: 'require' },
      ['refuse.size.isolation'],
    ],
    [
      'wrong in every way',
      'Standard_X1',
      { allow: ['Standard_D*'], deny: [], isolated: 'require' },
      ['refuse.size.unknown', 'refuse.size.denied', 'refuse.size.isolation'],
    ],
  ] as const)('that is %s is refused', (_, name, rules, codes) => {
    const verdict = sizeVerdict(name, region, rules);
    expect(verdict.ok ? [] : verdict.faults.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    ['of the same kind first', 'Standard_NC6s_v2', open, 'Standard_NC6s_v3'],
    ['among those allowed', 'Standard_NC6s_v3', { ...open, deny: ['*NC6*'] }, 'Standard_NC12s_v3'],
    ['also for names nobody knows', 'Standard_DS3_v9', open, 'Standard_D4s_v3'],
    [
      'isolated ones where that is required',
      'Standard_DS5_v2',
      { ...open, isolated: 'require' },
      'Standard_F72s_v2',
    ],
  ] as const)('that is refused names the nearest, %s', (_, name, rules, nearest) => {
    const verdict = sizeVerdict(name, region, rules);
    expect(verdict.ok ? [] : verdict.nearest.map((one) => one.name)).toContain(nearest);
  });
});

describe('what is documented', () => {
  it.each([
    ['Standard_DS3_v2', 'open'],
    ['Standard_NC6', 'open'],
    ['Standard_NC6s_v3', 'ask-azure'],
    ['Standard_HC44rs', 'ask-azure'],
    ['Standard_M128ms', 'ask-azure'],
    ['Standard_L8s_v3', 'undocumented'],
  ])('of %s is %s', (name, support) => {
    expect(documentedSupport(name)).toBe(support);
  });

  it('knows the four isolated sizes', () => {
    const names = ['Standard_M128ms', 'STANDARD_F72S_V2', 'Standard_NC24s_v3', 'Standard_NC24rs_v3'];
    expect(names.every(isIsolatedSize)).toBe(true);
    expect(isIsolatedSize('Standard_NC12s_v3')).toBe(false);
  });
});
