import { historyView } from './history-view.ts';
import type { InstanceRow } from './hub-rows.ts';
import type { StoredEvent } from './hub-state.ts';
import { wholeSeconds } from './timestamp.ts';

export type StatusParts = {
  readonly showInput: boolean;
  /** The stored history if it is to be shown. */
  readonly history: readonly StoredEvent[] | null;
  readonly showHistoryOutput: boolean;
};

/** An orchestration's status as the management API shows it. Throws `DuplicateTaskId`. */
export function statusBody(row: InstanceRow, parts: StatusParts) {
  return {
    name: row.name,
    ...(row.version === null ? {} : { version: row.version }),
    instanceId: row.instanceId,
    runtimeStatus: row.status,
    input: parts.showInput ? value(row.input) : null,
    customStatus: value(row.customStatus),
    output: row.status === 'Completed' ? value(row.output) : row.output,
    createdTime: wholeSeconds(row.createdAt),
    lastUpdatedTime: wholeSeconds(row.updatedAt),
    ...(parts.history === null
      ? {}
      : {
          historyEvents: historyView(
            parts.history.map(({ event }) => event),
            parts.showHistoryOutput,
          ),
        }),
  };
}

function value(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
