import { z } from 'zod';
import type { OwnBackstop } from '../core/findings/backstop.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { encodeRow, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';

const codec = z.object({ minutes: z.array(z.number()), setAt: timeCodec });
const rowOf = (ref: ComputeRef): string => placeOf(ref).row.replace(/^c-/, 'b-');

/**
 * The platform's idle shutdown where Lamplighter wrote it, by compute row. A row that cannot be read is none: then what is
 * set on the machine is taken for its user's, and left alone.
 */
export async function readBackstops(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, NonNullable<OwnBackstop>>> {
  const rows = await ledger.list('findings', partitionOf(workspace), withPrefix('b-'));
  return new Map(
    rows.flatMap(({ row, value }) => {
      const parsed = codec.safeParse(value);
      return parsed.success ? [[row.replace(/^b-/, 'c-'), parsed.data] as const] : [];
    }),
  );
}

/** The same of one instance. */
export async function readBackstop(ledger: Ledger, ref: ComputeRef): Promise<OwnBackstop> {
  const found = await ledger.get('findings', partitionOf(ref), rowOf(ref));
  return found === null ? null : (codec.safeParse(found.value).data ?? null);
}

export async function writeBackstop(ledger: Ledger, ref: ComputeRef, own: OwnBackstop): Promise<void> {
  const row = rowOf(ref);
  const write =
    own === null
      ? ({ kind: 'delete', row } as const)
      : ({ kind: 'put', row, value: encodeRow(own) } as const);
  await ledger.write('findings', partitionOf(ref), write);
}
