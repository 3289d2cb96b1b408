import { randomUUID } from 'node:crypto';
import { EventDelivery, type EventDeliveryOptions } from '../../src/local/azure/event-delivery.ts';
import { FunctionsHost } from '../../src/local/host/host.ts';
import { parseHostJson } from '../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../src/local/host/timer-store.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { type FleetWorld, fleetWorld, type WorldOptions } from './fleet-world.ts';

export type EventWorld = FleetWorld & {
  readonly delivery: EventDelivery;
  /** Posts anything to the door of events; its status. */
  post(events: unknown, headers?: Readonly<Record<string, string>>): Promise<number>;
  /** Everything due until then: workflows, sweeps, deliveries. */
  runWithEvents(untilAt: number): Promise<void>;
};

const webhook = '/runtime/webhooks/eventgrid?functionName=computeEvents';

/** The main flow with the door that Event Grid delivers to, on the embedded host, and the simulated Event Grid before it. */
export async function eventWorld(
  computes: readonly ComputeSpec[],
  options: WorldOptions & { readonly delivery?: Partial<EventDeliveryOptions> } = {},
): Promise<EventWorld> {
  const world = await fleetWorld(computes, options);
  const hostOf = (): FunctionsHost =>
    new FunctionsHost({
      app: world.app(),
      clock: world.clock,
      settings: parseHostJson('{}').settings,
      keys: { master: 'master', host: {}, system: { eventgrid_extension: 'events' }, functions: {} },
      timerStore: memoryTimerStore(),
      newId: randomUUID,
      newKey: randomUUID,
      log: (line) => world.log.push(line),
    });
  async function send(body: string, headers: Readonly<Record<string, string>>) {
    const bytes = new TextEncoder().encode(body);
    const response = await hostOf().request({
      method: 'POST',
      target: webhook,
      headers: Object.entries({
        host: '127.0.0.1:7071',
        'content-length': String(bytes.byteLength),
        'x-functions-key': 'events',
        ...headers,
      }),
      body: bytes,
    });
    return { status: response.status, body: new TextDecoder().decode(response.body) };
  }
  const delivery = new EventDelivery({
    feed: world.azure.events,
    post: ({ headers, body }) => send(body, headers),
    ...options.delivery,
  });
  await delivery.subscribe();
  return Object.assign(world, {
    delivery,
    post: async (events: unknown, headers: Readonly<Record<string, string>> = {}) =>
      (await send(JSON.stringify(events), { 'aeg-event-type': 'Notification', ...headers })).status,
    async runWithEvents(untilAt: number) {
      for (;;) {
        const next = delivery.nextAt();
        if (next === null || next > untilAt) break;
        await world.runTo(Math.max(next, world.clock.now()));
        await delivery.deliver(world.clock.now());
      }
      await world.runTo(untilAt);
      const later = delivery.nextAt();
      if (later !== null && later <= untilAt) await this.runWithEvents(untilAt);
    },
  });
}
