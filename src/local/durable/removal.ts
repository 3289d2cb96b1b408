import type { InstanceRow } from './hub-rows.ts';
import type { HubChange, HubState } from './hub-state.ts';

/** Everything of an instance but a start that waits for it. Its activities run on; nobody takes their ends. */
export function removalOf(state: HubState, { instanceId }: InstanceRow): HubChange[] {
  const messages = [...state.messages.values()].filter(
    (each) => each.instanceId === instanceId && each.event.EventType !== 0,
  );
  return [
    { change: 'removeInstance', instanceId },
    { change: 'clearHistory', instanceId },
    ...messages.map(({ id }): HubChange => ({ change: 'removeMessage', id })),
  ];
}
