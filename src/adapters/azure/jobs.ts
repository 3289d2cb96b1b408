import type { Job } from '../../core/computes.ts';
import type { Jobs } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { azureResult } from './azure-failure.ts';
import { rawPages } from './raw-answer.ts';
import { malformed, recordField, recordOf, textField, timeField, type WireRecord } from './wire.ts';

/** Azure filters neither by status nor by compute, and documents no order: all jobs are read, or none are believed. */
const defaultLimits = { maxRows: 20_000, maxPages: 1000 };
const terminal = new Set(['completed', 'failed', 'canceled']);

/** The computes that a job names: its own, and for a pipeline also its default and those of its steps. */
function computeIdsOf(properties: WireRecord): readonly (string | null)[] {
  const settings = recordField(properties, 'settings');
  const steps = Object.values(recordField(properties, 'jobs')).map(recordOf);
  const found = [
    textField(properties, 'computeId'),
    textField(settings, 'default_compute'),
    ...steps.map((step) => textField(step, 'computeId')),
  ].filter((id) => id !== null);
  return found.length === 0 ? [null] : [...new Set(found)];
}

function parseJob(value: unknown): readonly Job[] {
  const row = recordOf(value);
  const properties = recordField(row, 'properties');
  const status = textField(properties, 'status') ?? 'Unknown';
  if (terminal.has(status.toLowerCase())) return [];
  const id = textField(row, 'id');
  if (id === null) throw malformed('an unfinished job has no id');
  const system = recordField(row, 'systemData');
  const createdAt = timeField(system, 'createdAt');
  return computeIdsOf(properties).map((computeId) => ({
    id,
    name: textField(row, 'name') ?? id.split('/').at(-1) ?? id,
    status,
    computeId,
    createdAt,
    changedAt: timeField(system, 'lastModifiedAt'),
  }));
}

export type JobsOptions = {
  readonly reader: ArmClients;
  readonly limits?: { readonly maxRows: number; readonly maxPages: number };
};

/** Jobs that have not ended; a job that names several computes comes once for each. */
export function createJobs({ reader, limits = defaultLimits }: JobsOptions): Jobs {
  return {
    listUnfinished: (workspace) =>
      azureResult(reader.clock, async () => {
        const { jobs } = await reader.client(workspace.subscriptionId);
        // An archived job may still be running.
        const rows = await rawPages(
          (options) =>
            jobs
              .list(workspace.resourceGroup, workspace.workspace, { ...options, listViewType: 'All' })
              .byPage(),
          limits,
        );
        return rows.flatMap(parseJob);
      }),
  };
}
