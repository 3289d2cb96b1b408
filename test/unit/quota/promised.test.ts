import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeKey, parseComputeRef } from '../../../src/core/ids.ts';
import { familyKey } from '../../../src/core/quota/family-key.ts';
import { promiseOf } from '../../../src/core/quota/promised.ts';
import type { Reserved } from '../../../src/core/quota/types.ts';

const ref = parseComputeRef({
  subscription: '00000000-0000-4000-8000-000000000001',
  resourceGroup: 'rg',
  workspace: 'ws1',
  compute: 'ci-ada',
});
const families = ['standardDSv2Family', 'standardDSv3Family'] as const;
const machine = fc.record({
  family: fc.constantFrom(...families),
  cores: fc.integer({ min: 1, max: 64 }),
  gpus: fc.constant(0),
});
type Machine = { readonly family: string; readonly cores: number; readonly gpus: number };

const reservedFor = (made: Machine, replaced: Machine, isLeaving: boolean): Reserved => ({
  requestId: 'r1',
  compute: computeKey(ref),
  workspace: ref,
  location: 'westeurope',
  owner: null,
  subject: {
    subscription: ref.subscriptionId,
    workspace: 'ws1',
    compute: 'ci-ada',
    kind: 'ComputeInstance',
    user: null,
    teams: null,
    vmSize: null,
    family: made.family,
    gpu: false,
    tags: {},
  },
  cores: made.cores,
  gpus: 0,
  replaces: { compute: computeKey(ref), ...replaced, isLeaving },
});

describe('the room of a machine that takes another’s place', () => {
  /** What Azure counts, by what bears the name at that moment. */
  const phases = [
    { shown: 'old', isLeaving: false },
    { shown: 'old', isLeaving: true },
    { shown: null, isLeaving: true },
    { shown: 'new', isLeaving: true },
  ] as const;

  it.each(phases)(
    'is kept for the new one, and once the old leaves for the way back: $shown, $isLeaving',
    (phase) => {
      fc.assert(
        fc.property(machine, machine, (made, replaced) => {
          const { shown, isLeaving } = phase;
          const promise = promiseOf(reservedFor(made, replaced, isLeaving), shown !== null);
          const counted = shown === 'old' ? replaced : shown === 'new' ? made : null;
          const held = (family: string): number =>
            (promise?.byFamily.get(familyKey(family)) ?? 0) +
            (counted !== null && counted.family === family ? counted.cores : 0);
          expect(held(made.family)).toBeGreaterThanOrEqual(made.cores);
          expect(held(replaced.family)).toBeGreaterThanOrEqual(replaced.cores);
          const all = (promise?.cores ?? 0) + (counted?.cores ?? 0);
          expect(all).toBeGreaterThanOrEqual(Math.max(made.cores, replaced.cores));
          expect((promise?.computes ?? 0) + (counted === null ? 0 : 1)).toBe(1);
        }),
      );
    },
  );

  it('takes no more than both before the old one leaves: nobody else is refused for it', () => {
    fc.assert(
      fc.property(machine, machine, (made, replaced) => {
        const promise = promiseOf(reservedFor(made, replaced, false), true);
        expect(promise?.cores).toBe(Math.max(0, made.cores - replaced.cores));
      }),
    );
  });
});
