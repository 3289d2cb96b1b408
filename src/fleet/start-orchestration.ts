import type { DurableClient } from 'durable-functions';
import { wakeEvent } from '../workflows/names.ts';

export type DurableStarter = Pick<DurableClient, 'startNew' | 'getStatus'>;
export type DurableWaker = Pick<DurableClient, 'raiseEvent'>;

const alive: ReadonlySet<string> = new Set(['Pending', 'Running', 'Suspended']);

/** Starts it, or finds it running already: a lost answer to an earlier try looks like this. */
export async function startOrchestration(
  client: DurableStarter,
  name: string,
  instanceId: string,
  input: object,
): Promise<void> {
  try {
    await client.startNew(name, { instanceId, input });
  } catch (thrown) {
    if (await isAlive(client, instanceId)) return;
    throw thrown;
  }
}

/** Whether the workflow has begun and not ended, as far as can be told. */
export async function isAlive(client: DurableStarter, instanceId: string): Promise<boolean> {
  const status = await client.getStatus(instanceId).catch(() => null);
  return status !== null && alive.has(status.runtimeStatus);
}

/** The ledger has been written already: a workflow that cannot be woken sees it at its own time. */
export async function wakeOrchestration(
  client: DurableWaker,
  instanceId: string,
  why: string,
): Promise<void> {
  try {
    await client.raiseEvent(instanceId, wakeEvent, { why });
  } catch {
    // Ended, or not to be reached: nothing depends on the event.
  }
}
