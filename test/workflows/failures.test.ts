import { afterEach, describe, expect, it } from 'vitest';
import { readAlert } from '../../src/ledger/alerts.ts';
import { readLastFinishedSummary } from '../../src/ledger/sweeps.ts';
import { readClosedWarnings } from '../../src/ledger/warnings.ts';
import { at, type FleetWorld, fleetWorld, idle, refOf } from '../support/fleet-world.ts';

let world: FleetWorld;
afterEach(() => world.close());

describe('a stop that fails', () => {
  it('is tried again after 5 and 10 minutes, each time after a new look', async () => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: ['DiskFull', 'DiskFull'] } })]);
    await world.runTo(at(1));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 45)]);
    expect(world.azure.calls.get('stop')).toBe(3);
    expect(world.told('stopped', 'ci-ada')).toHaveLength(1);
  });

  it('is left alone when it is in use by then', async () => {
    const busy = { fromAt: at(0, 31), toAt: at(1), cpu: 70 };
    const spec = idle('ci-ada', { fails: { stop: ['DiskFull'] } });
    world = await fleetWorld([{ ...spec, metrics: [...(spec.metrics ?? []), busy] }]);
    await world.runTo(at(0, 59));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(world.azure.calls.get('stop')).toBe(1);
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
  });

  it('to the end is escalated with Azure’s own words', async () => {
    const fails = { stop: ['DiskFull', 'DiskFull', 'DiskFull', 'DiskFull'] as const };
    world = await fleetWorld([idle('ci-ada', { fails })]);
    await world.runTo(at(1, 6));
    expect(world.azure.calls.get('stop')).toBe(4);
    const [failed] = world.told('stop-failed', 'ci-ada');
    expect(failed?.sentence).toContain('its OS disk is full');
    expect(failed?.sentence).toContain('free some space');
    const [closed] = await readClosedWarnings(world.ledger, refOf('ci-ada'));
    expect(closed).toMatchObject({ outcome: 'failed', closedAt: at(1, 5) });
    expect(await readAlert(world.ledger, `stop-failed-${closed?.warningId ?? ''}`)).toMatchObject({
      code: 'stop.failed',
    });
  });

  it.each(['ServerError', 'Conflict'] as const)('with %s is tried again', async (failure) => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: [failure] } })]);
    await world.runTo(at(0, 40));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 35)]);
  });
});

describe('a stop whose answer is lost', () => {
  it('is asked for once if it took effect', async () => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: ['TimeoutAfter'] } })]);
    await world.runTo(at(0, 45));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
    expect(world.azure.calls.get('stop')).toBe(1);
    expect(world.told('stopped', 'ci-ada')).toHaveLength(1);
  });

  it('is asked for again if it did not', async () => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: ['TimeoutBefore'] } })]);
    await world.runTo(at(0, 45));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 31)]);
    expect(world.told('stopped', 'ci-ada')).toHaveLength(1);
  });
});

describe('a stop that Azure throttles', () => {
  it('waits as long as Azure says, by a timer, and then looks again', async () => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: ['Throttled'] } })]);
    await world.runTo(at(0, 45));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30) + 30_000]);
    expect(world.azure.calls.get('stop')).toBe(2);
  });

  it('for ten minutes happens once after them', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.throttle({ of: 'arm', retryAfterSeconds: 120, fromAt: at(0, 28), toAt: at(0, 38) });
    await world.runTo(at(0, 50));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 38)]);
  });
});

describe('an instance stuck in Stopping', () => {
  it('gets a second push when it has been stopping for too long', async () => {
    world = await fleetWorld([idle('ci-ada', { fails: { stop: ['StuckStopping'] } })]);
    await world.runTo(at(1));
    expect(world.azure.calls.get('stop')).toBe(2);
    const [first, second] = world.stopsOf('ci-ada');
    expect(first).toBe(at(0, 30));
    expect(second).toBeGreaterThanOrEqual(at(0, 45));
    expect(second).toBeLessThan(at(0, 46));
    expect(world.told('stopped', 'ci-ada')).toHaveLength(1);
  });

  it('is escalated if pushing does not help', async () => {
    const fails = { stop: Array.from({ length: 9 }, () => 'StuckStopping' as const) };
    world = await fleetWorld([idle('ci-ada', { fails })]);
    await world.runTo(at(4));
    expect(world.azure.calls.get('stop')).toBe(4);
    expect(world.told('stop-failed', 'ci-ada')).toHaveLength(1);
  });
});

describe('while nothing can be read', () => {
  it.each([
    ['metrics', 'keep.unknown.metrics'],
    ['jobs', 'keep.unknown.jobs'],
  ] as const)('of %s at its time, a stop waits and comes right after', async (of, reason) => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.outage({ of, fromAt: at(0, 20), toAt: at(1, 20) });
    await world.runTo(at(0, 29));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.idle');
    await world.runTo(at(1, 19));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe(reason);
    expect(world.stopsOf('ci-ada')).toEqual([]);
    await world.runTo(at(1, 22));
    expect(world.stopsOf('ci-ada')).toEqual([at(1, 20)]);
    expect(world.told('warning')).toHaveLength(1);
  });

  it('from ARM at its time, a stop waits and comes right after', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.outage({ of: 'arm', fromAt: at(0, 27), toAt: at(1, 27) });
    await world.runTo(at(1, 30));
    const [stoppedAt] = world.stopsOf('ci-ada');
    expect(stoppedAt).toBeGreaterThanOrEqual(at(1, 27));
    expect(stoppedAt).toBeLessThanOrEqual(at(1, 28));
    const summary = await readLastFinishedSummary(world.ledger);
    expect(summary).toMatchObject({ status: 'finished' });
  });

  it('from the ledger at its time, a stop waits and comes right after', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    await world.runTo(at(0, 27));
    world.ledgerUp = false;
    await world.runTo(at(1, 10));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    world.ledgerUp = true;
    await world.runTo(at(1, 12));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
  });

  it('of metrics, nobody is warned', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.outage({ of: 'metrics', fromAt: at(0), toAt: at(1) });
    await world.runTo(at(0, 59));
    expect(await world.historyOf('ci-ada')).toEqual(['keep.unknown.metrics']);
    expect(world.told('warning')).toEqual([]);
    await world.runTo(at(1));
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('warn.idle');
  });

  it('for longer than anybody remembers the warning, it is given up', async () => {
    world = await fleetWorld([idle('ci-ada')]);
    world.azure.outage({ of: 'metrics', fromAt: at(0, 20), toAt: at(6) });
    await world.runTo(at(5, 59));
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
    await world.runTo(at(6, 29));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    await world.runTo(at(6, 31));
    expect(world.stopsOf('ci-ada')).toEqual([at(6, 30)]);
  });
});

describe('one failing workspace', () => {
  it('never blocks the others', async () => {
    world = await fleetWorld([idle('ci-ada'), idle('ci-bob', { workspace: 'ws2' })], {
      workspaces: ['ws1', 'ws2'],
    });
    world.azure.onRequest((request) =>
      request.url.includes('/workspaces/ws2/computes?') ? { kind: 'lost' } : null,
    );
    await world.runTo(at(0, 31));
    expect(world.stopsOf('ci-ada')).toEqual([at(0, 30)]);
    expect(await world.decisionOf('ci-bob')).toBeNull();
    const summary = await readLastFinishedSummary(world.ledger);
    expect(summary?.faults).toMatchObject([{ workspace: { workspace: 'ws2' }, code: 'azure.unanswered' }]);
  });
});
