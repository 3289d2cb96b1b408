import type { ActivityTask, Message } from './hub-rows.ts';
import type { HubState } from './hub-state.ts';

/** Something the engine can run now. `order` rises with the time it was asked for. */
export type WorkItem =
  | {
      readonly kind: 'orchestrator';
      /** Stable while the item is the same: `orchestrator <instance id>`. */
      readonly id: string;
      readonly instanceId: string;
      readonly order: number;
      readonly readyAt: number;
      /** All that wait for the instance now; one episode takes them together. */
      readonly messages: readonly Message[];
    }
  | {
      readonly kind: 'activity';
      /** `activity <number>`. */
      readonly id: string;
      readonly instanceId: string;
      readonly order: number;
      readonly readyAt: number;
      readonly activity: ActivityTask;
    };

export function readyWork(state: HubState, nowMs: number, running: ReadonlySet<string>): WorkItem[] {
  const inboxes = new Map<string, Message[]>();
  for (const message of state.messages.values()) {
    if (message.visibleAt > nowMs) continue;
    const inbox = inboxes.get(message.instanceId);
    if (inbox === undefined) inboxes.set(message.instanceId, [message]);
    else inbox.push(message);
  }
  const items: WorkItem[] = [];
  for (const [instanceId, messages] of inboxes) {
    const id = `orchestrator ${instanceId}`;
    if (running.has(id)) continue;
    messages.sort((a, b) => a.visibleAt - b.visibleAt || a.id - b.id);
    const [first] = messages;
    if (first === undefined) continue;
    const order = Math.min(...messages.map((message) => message.id));
    items.push({ kind: 'orchestrator', id, instanceId, order, readyAt: first.visibleAt, messages });
  }
  for (const activity of state.activities.values()) {
    const id = `activity ${activity.id}`;
    if (running.has(id)) continue;
    const { instanceId, visibleAt } = activity;
    items.push({ kind: 'activity', id, instanceId, order: activity.id, readyAt: visibleAt, activity });
  }
  return items.sort((a, b) => a.readyAt - b.readyAt || a.order - b.order);
}
