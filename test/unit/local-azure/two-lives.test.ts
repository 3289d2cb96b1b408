import { describe, expect, it } from 'vitest';
import { azureBench, instance, minuteMs, startAt, worldOf } from '../../support/azure-world.ts';
import { restoreSimulatedAzure, type SimulatedAzureSnapshot } from '../../../src/local/azure/index.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

describe('a simulated Azure after a restart', () => {
  it('goes on where it was: states under way, scripts, writes, events and keys', async () => {
    const first = azureBench(
      worldOf([instance('ci-ada'), instance('ci-bob', { fails: { stop: ['DiskFull', 'StuckStopping'] } })]),
    );
    await first.computes.beginStop('rg1', 'ws1', 'ci-ada');
    await expect(first.computes.beginStop('rg1', 'ws1', 'ci-bob')).rejects.toThrow('disk is full');
    const userToken = await first.azure.userToken('ada');
    const text = JSON.stringify(first.azure.snapshot());

    const clock = new VirtualClock(startAt + minuteMs);
    const azure = restoreSimulatedAzure(JSON.parse(text) as SimulatedAzureSnapshot, {
      clock,
      random: () => 0.5,
    });
    expect(azure.stateOf('ci-ada')).toBe('Stopping');
    clock.advanceTo(startAt + 2 * minuteMs);
    expect(azure.stateOf('ci-ada')).toBe('Stopped');
    expect(azure.writes).toEqual(first.azure.writes);
    expect(azure.callCount('stop')).toBe(2);
    expect(azure.events.nextDueAt()).toBe(first.azure.events.nextDueAt());
    expect(azure.compute('ci-bob')?.fails.stop).toEqual(['StuckStopping']);
    expect((await azure.tokens.principalOf(`Bearer ${userToken}`))?.name).toBe('ada');
    expect(JSON.stringify(azure.snapshot().world)).toBe(JSON.stringify(azure.snapshot().world));
  });

  it('does not change with what happens after the snapshot was taken', () => {
    const { azure } = azureBench(worldOf([instance('ci-ada')]));
    const snapshot = azure.snapshot();
    const before = JSON.stringify(snapshot);
    azure.act({ do: 'stop', compute: 'ci-ada' });
    expect(JSON.stringify(snapshot)).toBe(before);
  });
});
