import { afterEach, describe, expect, it } from 'vitest';
import { beginSweep } from '../../src/fleet/begin-sweep.ts';
import { readSavings } from '../../src/ledger/savings.ts';
import { readTally } from '../../src/ledger/tallies.ts';
import { readClosedWarnings, readOpenWarningsOf } from '../../src/ledger/warnings.ts';
import {
  at,
  busyBetween,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  refOf,
  startAt,
  type WorldOptions,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

const fleet = () => [
  idle('ci-ada'),
  busyBetween('ci-bob', at(0, 6), at(2)),
  busyBetween('ci-eve', startAt - 2 * hour, at(9)),
];

async function wholeCycle(options: WorldOptions = {}): Promise<void> {
  world = await fleetWorld(fleet(), options);
  await world.runTo(at(0, 50));
}

async function expectOneStop(): Promise<void> {
  const ada = refOf('ci-ada');
  expect(world.stopsOf('ci-ada')).toHaveLength(1);
  expect(world.stopsOf('ci-ada')[0]).toBeGreaterThanOrEqual(at(0, 30));
  expect(world.azure.stateOf('ci-ada')).toBe('Stopped');
  expect(world.stopsOf('ci-bob')).toEqual([]);
  expect(world.stopsOf('ci-eve')).toEqual([]);
  expect(await readOpenWarningsOf(world.ledger, ada)).toEqual([]);
  expect(await readOpenWarningsOf(world.ledger, refOf('ci-bob'))).toEqual([]);
  expect(await readClosedWarnings(world.ledger, ada)).toMatchObject([{ outcome: 'stopped' }]);
  expect(await readSavings(world.ledger, ada)).toHaveLength(1);
  expect(await readTally(world.ledger, ada, world.clock.now())).toEqual({ stops: 1, regrets: 0 });
  expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.not-running');
  for (const kind of ['warning', 'stopped', 'withdrawn'] as const) {
    // A message repeated after a crash carries the same id: the channel shows it once.
    const ids = new Set(world.told(kind).map((message) => message.id));
    expect(ids.size).toBe(kind === 'warning' ? 2 : 1);
  }
}

describe('a process that dies', () => {
  it(
    'after any change of its workflows comes to the same end, with one stop',
    { timeout: 120_000 },
    async () => {
      await wholeCycle();
      await expectOneStop();
      const commits = world.commits();
      await world.close();
      expect(commits).toBeGreaterThan(60);
      // Every seventh: the steps of a sweep and of a stop repeat many times over these.
      for (let death = 1; death < commits; death += 7) {
        await wholeCycle({ diesAfterCommits: death });
        await expectOneStop();
        await world.close();
      }
    },
  );

  it('right before or right after the call that stops asks for one stop', async () => {
    for (const moment of ['before', 'after'] as const) {
      world = await fleetWorld(fleet());
      await world.runTo(at(0, 29));
      let crashed = false;
      world.azure.onRequest((request) => {
        if (!crashed && request.method === 'POST' && request.url.includes('/stop')) {
          crashed = true;
          if (moment === 'before') return { kind: 'lost' };
          queueMicrotask(() => world.engine().fence());
        }
        return null;
      });
      await world.runTo(at(0, 30));
      await world.crash();
      await world.runTo(at(0, 50));
      expect(crashed).toBe(true);
      await expectOneStop();
      if (moment === 'before') await world.close();
    }
  });
});

describe('steps that run twice', () => {
  it('change nothing', async () => {
    await wholeCycle({ choices: { deliverTwice: () => true } });
    await expectOneStop();
    expect(world.azure.calls.get('stop')).toBe(1);
  });
});

const client = () => {
  const started: string[] = [];
  return {
    started,
    startNew: async (_name: string, options?: { readonly instanceId?: string }) => {
      started.push(options?.instanceId ?? '');
      return options?.instanceId ?? '';
    },
    getStatus: async () => {
      throw new Error('missing');
    },
  };
};

describe('sweeps', () => {
  it('begin once, however often the timer fires at once', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    const durable = client();
    const begun = await Promise.all([1, 2, 3].map(() => beginSweep(world.flow, durable, 'when-due')));
    expect(begun.filter((one) => one.begun)).toHaveLength(1);
    expect(durable.started).toEqual(['sweep-20260302T0800']);
    expect((await beginSweep(world.flow, durable, 'when-due')).begun).toBe(false);
  });

  it('that were claimed by a process that died are started by the next one', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    const failing = { ...client(), startNew: async () => Promise.reject(new Error('dead')) };
    await expect(beginSweep(world.flow, failing, 'when-due')).rejects.toThrow('dead');
    const durable = client();
    expect(await beginSweep(world.flow, durable, 'when-due')).toEqual({
      begun: true,
      sweepId: 'sweep-20260302T0800',
    });
  });

  it('on demand have an id of their own, and the older one gives way', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    const durable = client();
    await beginSweep(world.flow, durable, 'when-due');
    const second = await beginSweep(world.flow, durable, 'now');
    expect(second).toEqual({ begun: true, sweepId: 'sweep-20260302T0800-2' });
  });
});
