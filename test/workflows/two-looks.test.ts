import { afterEach, describe, expect, it } from 'vitest';
import { halt, resume } from '../../src/fleet/halt.ts';
import { snooze } from '../../src/fleet/snooze.ts';
import { readOpenSavings } from '../../src/ledger/savings.ts';
import { readClosedWarnings, readOpenWarningsOf } from '../../src/ledger/warnings.ts';
import { readHalt } from '../../src/ledger/flags.ts';
import {
  at,
  busyBetween,
  enforce,
  type FleetWorld,
  fleetWorld,
  hour,
  idle,
  minute,
  refOf,
  startAt,
} from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

const nobody = { raiseEvent: async () => undefined };

describe('an idle instance', () => {
  it('is warned at the first sweep, stopped when the warning is over, and its saving recorded', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 29));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'warn.idle', stopDueAt: at(0, 30) });
    expect(world.told('warning', 'ci-ada')).toHaveLength(1);
    expect(world.stopsOf('ci-ada')).toEqual([]);
    await world.runTo(at(0, 40));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
    expect(await world.historyOf('ci-ada')).toEqual(['warn.idle', 'stop.idle', 'keep.not-running']);
    const [saving] = [...(await readOpenSavings(world.ledger, refOf('ci-ada'))).values()];
    expect(saving?.saving).toMatchObject({ stopRequestedAt: at(0, 30), regret: null });
    expect(saving?.saving.pricePerHourUsd).toBeGreaterThan(0);
    expect(world.told('stopped', 'ci-ada')).toHaveLength(1);
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toEqual([]);
  });

  it('is warned at the first sweep at which it has been idle long enough', async () => {
    world = await fleetWorld([busyBetween('ci-ada', startAt - 3 * hour, at(0, 7))]);
    await world.runTo(at(1, 14));
    expect((await world.decisionOf('ci-ada'))?.reason).toMatch(/^keep\./);
    // The last busy minute ends at 8:07; the metrics of the hour after it are complete at 9:12.
    await world.runTo(at(1, 45));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.active.cpu', 'warn.idle', 'stop.idle']);
    expect(world.stopsOf('ci-ada')).toEqual([at(1, 45)]);
  });

  it('has every decision on record before the act', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    let recorded: string | undefined;
    world.azure.onRequest((request) => {
      if (request.method === 'POST' && request.url.includes('/stop')) recorded = 'seen';
      return null;
    });
    await world.runTo(at(0, 30));
    expect(recorded).toBe('seen');
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'stop.idle', at: at(0, 30) });
  });
});

describe('a warning', () => {
  it('is withdrawn by the sweep that finds the instance in use, and the owner is told once', async () => {
    world = await fleetWorld([busyBetween('ci-ada', at(0, 6), at(0, 20))]);
    await world.runTo(at(0, 15));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.active.cpu');
    await world.runTo(at(0, 50));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
    expect(world.told('withdrawn')[0]?.sentence).toMatch(/^Kept: /);
    const [closed] = await readClosedWarnings(world.ledger, refOf('ci-ada'));
    expect(closed).toMatchObject({ outcome: 'withdrawn', closedReason: 'keep.active.cpu' });
  });

  it('is withdrawn by the second look that finds use which no sweep has seen', async () => {
    world = await fleetWorld([busyBetween('ci-ada', at(0, 26), at(0, 40))], {
      policy: enforce('sweep: { every: 20m }\nidle: { after: 60m }'),
    });
    await world.runTo(at(0, 31));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(await world.historyOf('ci-ada')).toEqual(['warn.idle', 'keep.active.cpu']);
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
  });

  it('is withdrawn by the second look that finds a job', async () => {
    const job = { name: 'train', fromAt: at(0, 28), toAt: at(2), status: 'Queued' };
    world = await fleetWorld([idle('ci-ada', { jobs: [job] })], { policy: enforce('sweep: { every: 20m }') });
    await world.runTo(at(0, 39));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.active.job');
  });

  it('is withdrawn by a snooze, and goes out again at the sweep after its end', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 12));
    const snoozed = await snooze(world.flow, nobody, { ref: refOf('ci-ada'), forMs: 90 * minute, by: 'ada' });
    expect(snoozed).toMatchObject({ until: at(1, 42), tooLate: false });
    expect(snoozed.withdrawn).toHaveLength(1);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.snoozed');
    await world.runTo(at(1, 44));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.told('warning')).toHaveLength(1);
    await world.runTo(at(1, 46));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'warn.idle', stopDueAt: at(2, 15) });
    await world.runTo(at(2, 16));
    expect(world.stopsOf('ci-ada')).toEqual([at(2, 15)]);
  });

  it('does not go out while a snooze holds', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await snooze(world.flow, nobody, { ref: refOf('ci-ada'), forMs: 60 * minute, by: 'ada' });
    await world.runTo(at(0, 59));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.snoozed']);
    expect(world.messages).toEqual([]);
  });

  it('is not followed by a stop once Lamplighter is halted, and goes out anew after it resumes', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 28));
    await halt(world.flow, 'root', 'audit');
    await world.runTo(at(1));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.halted');
    await resume(world.flow, 'root');
    expect((await readHalt(world.ledger))?.halted).toBe(false);
    await world.runTo(at(1, 1));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.halted');
    await world.runTo(at(1, 36));
    expect(world.stopsOf('ci-ada')).toEqual([at(1, 35)]);
  });

  it('is not followed by a stop when the policy turns to observe between two sweeps', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: enforce('sweep: { every: 20m }') });
    await world.runTo(at(0, 28));
    world.policy = 'version: 1\nmode: observe\n';
    await world.runTo(at(0, 31));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.mode', would: 'stop.idle' });
    await world.runTo(at(2));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.told('warning')).toHaveLength(1);
  });

  it('ends without a word when its owner stops the instance', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 12));
    world.azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    await world.runTo(at(0, 40));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.messages.map((message) => message.kind)).toEqual(['warning']);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.not-running');
    expect([...(await readOpenSavings(world.ledger, refOf('ci-ada'))).values()]).toEqual([]);
  });

  it('starts its clock only when it was accepted for delivery', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.notifierUp = false;
    await world.runTo(at(0, 17));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.warning-undelivered');
    world.notifierUp = true;
    await world.runTo(at(0, 19));
    const decision = await world.decisionOf('ci-ada');
    expect(decision).toMatchObject({ reason: 'warn.idle' });
    const dueAt = decision?.stopDueAt ?? 0;
    expect(dueAt).toBeGreaterThanOrEqual(at(0, 47));
    await world.runTo(at(0, 46));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    await world.runTo(dueAt);
    expect(world.stopsOf('ci-ada')).toEqual([dueAt]);
    expect(world.told('warning', 'ci-ada')).toHaveLength(1);
  });

  it('that nobody could be told of is given up when the instance is in use again', async () => {
    world = await fleetWorld([busyBetween('ci-ada', at(0, 4), at(0, 20))]);
    world.notifierUp = false;
    await world.runTo(at(0, 21));
    world.notifierUp = true;
    await world.runTo(at(0, 50));
    expect(world.messages.filter((message) => message.kind !== 'alert')).toEqual([]);
  });
});

describe('in mode observe', () => {
  it('nobody is told and nothing is written to Azure', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: 'version: 1\n' });
    await world.runTo(at(2));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.mode']);
    expect(await world.decisionOf('ci-ada')).toMatchObject({ would: 'warn.idle' });
    expect(world.messages).toEqual([]);
    expect(world.azure.writes).toEqual([]);
  });
});

describe('in mode warn', () => {
  it('the warning goes out, nothing is stopped, and it is not repeated', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: 'version: 1\nmode: warn\n' });
    await world.runTo(at(3));
    expect(world.told('warning')).toHaveLength(1);
    expect(world.azure.writes).toEqual([]);
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.mode', would: 'stop.idle' });
  });

  it('another one goes out after it was in use', async () => {
    world = await fleetWorld([busyBetween('ci-ada', at(1), at(1, 10))], {
      policy: 'version: 1\nmode: warn\n',
    });
    await world.runTo(at(3));
    expect(world.told('warning')).toHaveLength(2);
  });
});

describe('in mode off', () => {
  it('nothing is read', async () => {
    world = await fleetWorld([idle('ci-ada')], { policy: 'version: 1\nmode: off\n' });
    await world.runTo(at(1));
    expect(await world.decisionOf('ci-ada')).toBeNull();
    expect(world.azure.calls.get('list')).toBeUndefined();
  });
});

describe('a workspace that is switched off', () => {
  it('has its warnings withdrawn and is read no more', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 12));
    world.policy = enforce('overrides: [{ match: { workspace: ws1 }, mode: off }]');
    await world.runTo(at(0, 21));
    const calls = world.azure.calls.get('list');
    await world.runTo(at(1));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'keep.mode', facts: { mode: 'off' } });
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.azure.calls.get('list')).toBe(calls);
  });
});

describe('maximum uptime', () => {
  it('stops what is not in use after its own warning, also where nothing is known of it', async () => {
    world = await fleetWorld([idle('ci-ada', { metrics: [] })], {
      policy: enforce('maxUptime: { after: 6h, warn: 2h }'),
    });
    await world.runTo(at(0, 59));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.unknown.metrics']);
    await world.runTo(at(1));
    expect(await world.decisionOf('ci-ada')).toMatchObject({ reason: 'warn.max-uptime', stopDueAt: at(3) });
    await world.runTo(at(3, 1));
    expect(world.stopsOf('ci-ada')).toEqual([at(3)]);
  });

  it('leaves a shorter idle warning its way', async () => {
    world = await fleetWorld([busyBetween('ci-ada', startAt - 3 * hour, at(1, 30))], {
      policy: enforce('maxUptime: { after: 8h, warn: 5h, evenIfActive: true }'),
    });
    await world.runTo(at(1));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.max-uptime');
    await world.runTo(at(3, 20));
    expect(world.stopsOf('ci-ada')).toEqual([at(3, 5)]);
    expect(await readOpenWarningsOf(world.ledger, refOf('ci-ada'))).toEqual([]);
    await world.runTo(at(6));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
  });
});
