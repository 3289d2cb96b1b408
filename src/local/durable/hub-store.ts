import { HubState, type HubChange } from './hub-state.ts';

/** Keeps a task hub. It outlives engines: a new engine over the same store goes on where the old one stopped. */
export interface HubStore {
  readonly state: HubState;
  /** Takes all the changes or, if it throws, none. */
  commit(changes: readonly HubChange[]): void;
  close(): void;
}

/** A hub that lives as long as the process. */
export class MemoryHubStore implements HubStore {
  readonly state = new HubState();

  commit(changes: readonly HubChange[]): void {
    for (const change of changes) this.state.apply(change);
  }

  close(): void {}
}
