import { describe, expect, it } from 'vitest';
import { azureBench, instance, minuteMs, startAt, sub1, worldOf } from '../../support/azure-world.ts';
import type { EventDelivery } from '../../../src/local/azure/event-feed.ts';

type Event = {
  readonly id: string;
  readonly eventType: string;
  readonly subject: string;
  readonly data: { operationName: string; claims: Record<string, string> };
};
const secondMs = 1000;

/** The same numbers in every run, spread over 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const bench = (events: EventDelivery, seed = 7) =>
  azureBench(worldOf([instance('ci-ada'), instance('ci-bob')]), { events, random: numbers(seed) });

/** Sixty stops under hostile delivery: whose events arrive, in that order. */
function deliverHostile(): readonly string[] {
  const many = Array.from({ length: 60 }, (_, index) => instance(`ci-n${index}x`));
  const { azure, clock } = azureBench(worldOf(many), { events: 'hostile', random: numbers(3) });
  for (const { name } of many) azure.act({ do: 'stop', compute: name });
  clock.advanceTo(startAt + 10 * minuteMs);
  return (azure.events.take(clock.now()) as unknown as readonly Event[]).map(({ subject }) => subject);
}

describe('events about computes', () => {
  it('arrive 5 to 20 seconds after the stop took effect, with who did it', () => {
    const { azure, clock } = bench('normal');
    const seen: { readonly at: number; readonly event: Event }[] = [];
    azure.events.listen((event) => seen.push({ at: clock.now(), event: event as unknown as Event }));
    azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    clock.advanceTo(startAt + 10 * minuteMs);
    expect(seen).toHaveLength(1);
    const { at, event } = seen[0] as (typeof seen)[number];
    expect(at).toBeGreaterThanOrEqual(startAt + 2 * minuteMs + 5 * secondMs);
    expect(at).toBeLessThanOrEqual(startAt + 2 * minuteMs + 20 * secondMs);
    expect(event).toMatchObject({
      eventType: 'Microsoft.Resources.ResourceActionSuccess',
      topic: `/subscriptions/${sub1}`,
      dataVersion: '2',
      metadataVersion: '1',
      data: {
        operationName: 'Microsoft.MachineLearningServices/workspaces/computes/stop/action',
        status: 'Succeeded',
        subscriptionId: sub1,
        claims: { name: 'ada' },
      },
    });
    expect(event.subject.toLowerCase()).toMatch(/\/computes\/ci-ada$/);
  });

  it('tell of a delete and of a write', () => {
    const { azure, clock } = bench('normal');
    azure.act({ do: 'delete', compute: 'ci-ada', by: 'ada' });
    azure.act({ do: 'create', compute: instance('ci-new'), by: 'ada' });
    clock.advanceTo(startAt + 2 * minuteMs);
    const types = (azure.events.take(clock.now()) as unknown as readonly Event[]).map(
      ({ eventType }) => eventType,
    );
    expect(types).toEqual([
      'Microsoft.Resources.ResourceWriteSuccess',
      'Microsoft.Resources.ResourceDeleteSuccess',
    ]);
  });

  it('can be pulled when they are due, once', () => {
    const { azure, clock } = bench('normal');
    azure.sendEvent({ type: 'write', compute: 'ci-ada', copies: 3, shuffled: true });
    expect(azure.events.take(clock.now())).toEqual([]);
    clock.advanceTo((azure.events.nextDueAt() ?? 0) + 5 * minuteMs);
    const events = azure.events.take(clock.now()) as unknown as readonly Event[];
    expect(events).toHaveLength(3);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    expect(azure.events.nextDueAt()).toBeNull();
  });

  it('are not delivered at all where the world says none', () => {
    const { azure } = bench('none');
    azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });
    azure.sendEvent({ type: 'write', compute: 'ci-ada' });
    expect(azure.events.nextDueAt()).toBeNull();
  });

  it('are lost, doubled and out of order where delivery is hostile, the same for the same seed', () => {
    const first = deliverHostile();
    expect(deliverHostile()).toEqual(first);
    const distinct = new Set(first);
    expect(distinct.size).toBeLessThan(60);
    expect(first.length).toBeGreaterThan(distinct.size);
    expect(first).not.toEqual([...first].sort());
  });
});
