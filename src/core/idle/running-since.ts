import type { Compute } from '../computes.ts';

const starts: ReadonlySet<string> = new Set(['create', 'start', 'restart', 'reimage']);
const came: ReadonlySet<string> = new Set(['succeeded', 'inprogress']);

/**
 * When the instance came to Running; null where Azure does not tell. A failed stop hides the start from Azure's answer
 * and the machine goes on: then what was known before still holds (`rememberedAt`), and for an operation that is newer
 * than this code nothing is known. Null is safe: the idle time then begins with the first sample, and maximum uptime
 * is not judged.
 */
export function runningSince(
  compute: Pick<Compute, 'lastOperation'>,
  rememberedAt: number | null = null,
): number | null {
  const operation = compute.lastOperation;
  if (operation === null) return rememberedAt;
  const name = operation.name.toLowerCase();
  const status = operation.status.toLowerCase();
  if (starts.has(name) && came.has(status)) return operation.at;
  if (name === 'stop' || name === 'delete') return status === 'succeeded' ? null : rememberedAt;
  return null;
}
