import { asPlayed, type HistoryEvent } from './history-event.ts';
import type { ActivityTask, InstanceRow, Message } from './hub-rows.ts';
import type { HistoryEntry } from './trigger-json.ts';

/** One change of the hub. A commit is a list of them: all or none. */
export type HubChange =
  | { readonly change: 'putInstance'; readonly row: InstanceRow }
  | { readonly change: 'removeInstance'; readonly instanceId: string }
  | { readonly change: 'clearHistory'; readonly instanceId: string }
  | {
      readonly change: 'appendHistory';
      readonly instanceId: string;
      readonly events: readonly HistoryEvent[];
    }
  | { readonly change: 'putMessage'; readonly message: Message }
  | { readonly change: 'removeMessage'; readonly id: number }
  | { readonly change: 'putActivity'; readonly activity: ActivityTask }
  | { readonly change: 'removeActivity'; readonly id: number };

export type StoredEvent = HistoryEntry<HistoryEvent>;

/** The whole task hub in memory. Only a store may change it, by `apply`. */
export class HubState {
  readonly instances = new Map<string, InstanceRow>();
  readonly history = new Map<string, StoredEvent[]>();
  readonly messages = new Map<number, Message>();
  readonly activities = new Map<number, ActivityTask>();
  #lastId = 0;

  /** A number for a new message or activity; later ones are larger. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  historyOf(instanceId: string): readonly StoredEvent[] {
    return this.history.get(instanceId) ?? [];
  }

  apply(change: HubChange): void {
    switch (change.change) {
      case 'putInstance':
        this.instances.set(change.row.instanceId, change.row);
        return;
      case 'removeInstance':
        this.instances.delete(change.instanceId);
        return;
      case 'clearHistory':
        this.history.delete(change.instanceId);
        return;
      case 'appendHistory':
        this.#append(change.instanceId, change.events.map(stored));
        return;
      case 'putMessage':
        this.messages.set(change.message.id, change.message);
        this.#seen(change.message.id);
        return;
      case 'removeMessage':
        this.messages.delete(change.id);
        return;
      case 'putActivity':
        this.activities.set(change.activity.id, change.activity);
        this.#seen(change.activity.id);
        return;
      case 'removeActivity':
        this.activities.delete(change.id);
    }
  }

  #append(instanceId: string, events: readonly StoredEvent[]): void {
    const present = this.history.get(instanceId);
    if (present === undefined) this.history.set(instanceId, [...events]);
    else present.push(...events);
  }

  #seen(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }
}

/** In the history an event counts as played: the episode that saw it first is over. */
export function stored(event: HistoryEvent): StoredEvent {
  const played = asPlayed(event);
  return { event: played, json: JSON.stringify(played) };
}
