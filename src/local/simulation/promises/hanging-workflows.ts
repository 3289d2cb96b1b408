import type { HubState } from '../../durable/hub-state.ts';

/** Workflows that have not ended and for which nothing is on its way: neither a timer, nor an event, nor a step's end. */
export function hangingWorkflows(state: HubState): readonly string[] {
  const expecting = new Set<string>();
  for (const { instanceId } of state.messages.values()) expecting.add(instanceId);
  for (const { instanceId } of state.activities.values()) expecting.add(instanceId);
  const hanging: string[] = [];
  for (const { instanceId, name, status } of state.instances.values()) {
    const waits = status === 'Pending' || status === 'Running';
    if (waits && !expecting.has(instanceId)) hanging.push(`${name} ${instanceId}`);
  }
  return hanging.toSorted();
}
