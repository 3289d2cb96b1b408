import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { minute, provisionWorld, type Who } from '../support/provision-world.ts';

const people = ['ada', 'bob', 'eve'] as const;
const sizes = [
  'Standard_DS3_v2',
  'Standard_DS5_v2',
  'Standard_D8s_v3',
  'Standard_F4s_v2',
  'Standard_NC6s_v3',
  'Standard_M128ms',
  'Standard_Nonsense',
] as const;
const person = fc.constantFrom(...people);
const vmSize = fc.constantFrom(...sizes);

const machine = fc.record({ user: person, vmSize: fc.constantFrom(...sizes.slice(0, 5)), off: fc.boolean() });
const quota = fc.record(
  {
    per: fc.constantFrom('user', 'workspace', 'subscription', 'family', 'region', 'all'),
    match: fc.constantFrom({}, { user: 'ada' }, { gpu: true }, { vmSize: 'Standard_D*' }),
    cores: fc.integer({ min: 0, max: 40 }),
    instances: fc.integer({ min: 0, max: 4 }),
    gpus: fc.integer({ min: 0, max: 2 }),
    enforcement: fc.constantFrom('hard', 'soft'),
  },
  { requiredKeys: ['per', 'match', 'cores', 'enforcement'] },
);
const policy = fc.record({
  version: fc.constant(1),
  quotas: fc.array(quota, { maxLength: 3 }),
  sizes: fc.constantFrom(
    {},
    { deny: ['Standard_NC*'] },
    { allow: ['Standard_D*'] },
    { isolated: 'require' },
    { isolated: 'deny' },
  ),
  approvals: fc.constantFrom<unknown[]>(
    [],
    [{ match: { gpu: true } }],
    [{ above: { cores: 8 }, approvers: 2 }, { above: { pricePerHour: 0.2 } }],
    [{ match: { user: 'bob' } }],
    [{ when: ['firstRequest', 'isolated'] }],
  ),
});
const azure = fc.record({
  regional: fc.constantFrom(20, 60, 400),
  clusters: fc.constantFrom(3, 100),
  families: fc.constantFrom<Record<string, number>>(
    {},
    { standardDSv2Family: 12 },
    { standardNCSv3Family: 0, standardDSv3Family: 8 },
  ),
});

const computeOf = (
  { user, vmSize: size, off }: { user: Who; vmSize: string; off: boolean },
  index: number,
): ComputeSpec => ({
  name: `ci-held-${String.fromCodePoint(97 + index)}`,
  workspace: 'ws1',
  kind: 'ComputeInstance',
  vmSize: size,
  user,
  state: off ? 'Stopped' : 'Running',
});

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

describe('what-if', () => {
  it('says of any machine what its request then meets: the same outcome, and every refusal in the same order', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        policy,
        azure,
        fc.array(machine, { maxLength: 3 }),
        fc.array(fc.record({ who: person, size: vmSize }), { maxLength: 1 }),
        person,
        vmSize,
        async (rules, limits, held, earlier, who, size) => {
          const world = await provisionWorld({
            policy: JSON.stringify(rules),
            computes: held.map(computeOf),
            world: { quotas: { main: { westeurope: limits } } },
          });
          // What was asked for before is reserved, and not to be seen as a machine yet.
          for (const one of earlier) await world.request(one.who, { vmSize: one.size });
          await world.runFor(minute);
          const wish = { workspace: 'ws1', vmSize: size };
          const check = await world.ask('POST', '/api/quota/check', { as: who, body: wish });
          const request = await world.ask('POST', '/api/requests', { as: who, body: wish });
          const { outcome, codes } = check.json;
          outcomes.add(`${String(outcome)} ${textsOf(codes).join(' ')}`.trim());
          const status = { granted: 'provisioning', approval: 'awaiting-approval', refused: 'refused' };
          const of = { check: check.text, request: request.text };
          const came = request.status === 422 ? 'refused' : request.json['status'];
          expect({ ...of, status: came }).toEqual({
            ...of,
            status: status[outcome as keyof typeof status],
          });
          const refusals = (request.json['refusals'] ?? []) as readonly { readonly code: string }[];
          expect({ ...of, codes: [...new Set(refusals.map(({ code }) => code))] }).toEqual({ ...of, codes });
        },
      ),
      { numRuns: 60, seed: 20_260_302 },
    );
    // A property over refusals alone, or grants alone, would say little.
    for (const word of ['granted', 'approval', 'refused refuse.size.denied', 'refused refuse.size.unknown']) {
      expect([...outcomes]).toContain(word);
    }
    expect([...outcomes].filter((one) => /refuse\.quota|refuse\.azure/.test(one)).length).toBeGreaterThan(3);
  });

  it('says the same where Azure does not tell its usage: neither grants', async () => {
    const world = await provisionWorld();
    const now = world.clock.now();
    world.azure.outage({ of: 'arm', fromAt: now, toAt: now + 10 * minute });
    const wish = { workspace: 'ws1', vmSize: 'Standard_DS3_v2' };
    const check = await world.ask('POST', '/api/quota/check', { as: 'ada', body: wish });
    const request = await world.ask('POST', '/api/requests', { as: 'ada', body: wish });
    expect([check.status, request.status]).toEqual([503, 503]);
    expect(check.json['code']).toBe(request.json['code']);
  });
});
