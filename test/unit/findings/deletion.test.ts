import { describe, expect, it } from 'vitest';
import type { Compute } from '../../../src/core/computes.ts';
import { type DeletionInput, whyNotDeleted } from '../../../src/core/findings/deletion.ts';
import { forgottenFinding } from '../../../src/core/findings/upkeep-findings.ts';
import { ada, day, hour, minute, now, policy, ref } from '../../support/instance-under-judgement.ts';

const createdAt = now - 90 * day;
const stop = { name: 'Stop', at: now - 40 * day, status: 'Succeeded', trigger: 'User' };
const compute: Compute = {
  ref,
  kind: 'ComputeInstance',
  location: 'westeurope',
  tags: {},
  vmSize: 'Standard_DS3_v2',
  state: 'Stopped',
  provisioningState: 'Succeeded',
  owner: ada,
  createdAt,
  lastOperation: stop,
  sshEnabled: false,
  hasCustomServices: false,
  identityPrincipalIds: [],
  errors: [],
  raw: {},
};
const base: DeletionInput = {
  now,
  consent: { by: ada, at: now - hour, until: now + day, createdAt },
  compute,
  holds: true,
  unfinishedJobs: 'none',
  policy: policy(),
  snoozedUntil: null,
  halted: false,
  notBeforeAt: 0,
};
const withCompute = (changes: Partial<Compute>): Partial<DeletionInput> => ({
  compute: { ...compute, ...changes },
});

const withIp = (enableNodePublicIp: boolean) => ({
  ...compute,
  raw: { properties: { enableNodePublicIp } },
});

describe('a forgotten instance', () => {
  const rules = { stoppedForMs: 30 * day, remedy: 'report' } as const;
  const prices = { diskPerMonth: 19.71, publicIpPerHour: 0.005, loadBalancerPerHour: 0.025 };

  it('is told with what it still costs a month, as far as that is known', () => {
    expect(forgottenFinding(withIp(true), rules, now, prices)).toMatchObject({
      usdPerMonth: expect.closeTo(19.71 + 730 * 0.03, 5),
      sentence: expect.stringContaining(
        'OS disk (120 GB), public IP, load balancer are billed all the while.',
      ),
    });
    expect(forgottenFinding(withIp(false), rules, now, prices)).toMatchObject({
      usdPerMonth: expect.closeTo(19.71 + 730 * 0.025, 5),
    });
    expect(forgottenFinding(compute, rules, now, prices)).toMatchObject({
      sentence: expect.stringContaining('billed all the while, public IP at a price not known here.'),
    });
    expect(forgottenFinding(compute, rules, now)).toMatchObject({ usdPerMonth: null, remedy: null });
  });
});

describe('a deletion that somebody consented to', () => {
  it('goes on where nothing stands in its way', () => {
    expect(whyNotDeleted(base)).toBeNull();
  });

  it.each<[string, Partial<DeletionInput>]>([
    ['has run out', { consent: { ...base.consent, until: now } }],
    ['was for a machine that was made at another time', withCompute({ createdAt: createdAt + 1 })],
    ['was for one that is not stopped any more', withCompute({ state: 'Running' })],
    ['was given before a start', withCompute({ lastOperation: { ...stop, at: now - minute } })],
  ])('is void where the consent %s', (_, changes) => {
    expect(whyNotDeleted({ ...base, ...changes })?.kind).toBe('void');
  });

  it.each<[string, Partial<DeletionInput>]>([
    ['nobody knows when it was made', withCompute({ createdAt: null })],
    ['nobody knows since when it is off', withCompute({ lastOperation: null })],
    ['the finding does not hold', { holds: false }],
    ['a job has not ended', { unfinishedJobs: 'some' }],
    ['its jobs cannot be read', { unfinishedJobs: 'unknown' }],
    ['the mode is observe', { policy: policy({ mode: 'observe' }) }],
    ['the mode is warn', { policy: policy({ mode: 'warn' }) }],
    ['it is protected', { policy: policy({ protectedBy: 'compute: ci-*' }) }],
    ['it is exempt', { policy: policy({ exemption: { until: now + 1, why: null } }) }],
    ['it is snoozed', { snoozedUntil: now + 1 }],
    ['Lamplighter is halted', { halted: true }],
    ['its term runs', { notBeforeAt: now + 1 }],
    ['its notice runs', { consent: { ...base.consent, at: now - 29 * minute } }],
  ])('waits where %s', (_, changes) => {
    expect(whyNotDeleted({ ...base, ...changes })?.kind).toBe('waits');
  });
});
