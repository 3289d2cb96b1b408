import type { HistoryEvent } from './history-event.ts';
import { EventType } from './history-event.ts';

const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries({
    ...EventType,
    subOrchestrationInstanceCreated: EventType.subOrchestrationCreated,
    subOrchestrationInstanceCompleted: EventType.subOrchestrationCompleted,
    subOrchestrationInstanceFailed: EventType.subOrchestrationFailed,
  }).map(([name, number]) => [number, `${name.charAt(0).toUpperCase()}${name.slice(1)}`]),
);

/** History of one task id occurs twice: the status cannot be shown with it (400 on Azure). */
export class DuplicateTaskId extends Error {}

type View = Record<string, unknown>;

/**
 * The history as a status shows it: no orchestrator bookkeeping; what was scheduled is told by its completion, and on its own only as
 * long as it is open. `withOutput` adds results, parsed.
 */
export function historyView(events: readonly HistoryEvent[], withOutput: boolean): View[] {
  const scheduled = new Map<string, HistoryEvent>();
  const views: { readonly key: string | null; readonly view: View }[] = [];
  const ended = new Set<string>();
  for (const event of events) {
    if (event.EventType === 12 || event.EventType === 13) continue;
    const opens = openingKey(event);
    if (opens !== null) {
      if (scheduled.has(opens)) throw new DuplicateTaskId(opens);
      scheduled.set(opens, event);
    }
    const closes = closingKey(event);
    if (closes !== null) ended.add(closes);
    const partner = closes === null ? undefined : scheduled.get(closes);
    views.push({ key: opens, view: viewOf(event, partner, withOutput) });
  }
  return views.filter(({ key }) => key === null || !ended.has(key)).map(({ view }) => view);
}

function openingKey(event: HistoryEvent): string | null {
  if (event.EventType === 4) return `TaskScheduled_${event.EventId}`;
  if (event.EventType === 7) return `SubOrchestrationInstanceCreated_${event.EventId}`;
  if (event.EventType === 10) return `TimerCreated_${event.EventId}`;
  return null;
}

function closingKey(event: HistoryEvent): string | null {
  switch (event.EventType) {
    case 5:
    case 6:
      return `TaskScheduled_${event.TaskScheduledId}`;
    case 8:
    case 9:
      return `SubOrchestrationInstanceCreated_${event.TaskScheduledId}`;
    case 0:
    case 1:
    case 3:
    case 4:
    case 7:
    case 10:
    case 11:
    case 12:
    case 13:
    case 15:
    case 19:
    case 20:
      return null;
  }
}

const HIDDEN = new Set([
  'EventId',
  'IsPlayed',
  'OrchestrationInstance',
  'ParentInstance',
  'Version',
  'TaskScheduledId',
  'TimerId',
]);
const HIDDEN_IN_START = new Set(['Name', 'Tags']);

function viewOf(event: HistoryEvent, partner: HistoryEvent | undefined, withOutput: boolean): View {
  const type = NAMES[event.EventType] ?? String(event.EventType);
  const view: View = { EventType: type };
  for (const [name, value] of Object.entries(event)) {
    if (name === 'EventType' || HIDDEN.has(name)) continue;
    if (event.EventType === 0 && HIDDEN_IN_START.has(name)) continue;
    if (name === 'Result') {
      if (withOutput) view['Result'] = parsed(event, value as string | null);
    } else {
      view[name] = value;
    }
  }
  if (event.EventType === 0) view['FunctionName'] = event.Name;
  if (partner !== undefined) {
    view['ScheduledTime'] = partner.Timestamp.replace(/Z$/, '+00:00');
    if (partner.EventType === 4 || partner.EventType === 7) view['FunctionName'] = partner.Name;
    if (partner.EventType === 7) view['InstanceId'] = partner.InstanceId;
    view['Input'] = null;
  }
  return view;
}

function parsed(event: HistoryEvent, result: string | null): unknown {
  if (result === null) return null;
  if (event.EventType === 1 && event.OrchestrationStatus !== 'Completed') return result;
  return JSON.parse(result);
}
