import { z } from 'zod';
import type { WorkspaceRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { encodeRow, timeCodec, workspaceRefCodec } from './codec.ts';
import { partitionOf } from './partitions.ts';
import { dayMs } from './time-key.ts';

/** The managed online endpoints of one workspace, as they were last read for somebody. */
export type EndpointsSeen = {
  readonly workspace: WorkspaceRef;
  readonly readAt: number;
  /** Null: they cannot be read. */
  readonly endpoints:
    | readonly {
        readonly name: string;
        readonly deployments:
          | readonly {
              readonly name: string;
              readonly vmSize: string | null;
              readonly instances: number | null;
            }[]
          | null;
      }[]
    | null;
};

const row = 'managed-endpoints';
const codec = z
  .object({
    workspace: workspaceRefCodec,
    readAt: timeCodec,
    endpoints: z
      .array(
        z.object({
          name: z.string(),
          deployments: z
            .array(
              z.object({
                name: z.string(),
                vmSize: z.string().nullable(),
                instances: z.number().nullable(),
              }),
            )
            .nullable(),
        }),
      )
      .nullable(),
  })
  .transform((value): EndpointsSeen => value);

/** Null: nobody has asked lately. One that cannot be read is read from Azure anew. */
export async function readEndpointsSeen(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<EndpointsSeen | null> {
  const found = await ledger.get('flags', partitionOf(workspace), row);
  return found === null ? null : (codec.safeParse(found.value).data ?? null);
}

export async function writeEndpointsSeen(ledger: Ledger, seen: EndpointsSeen): Promise<void> {
  const value = encodeRow({ ...seen, expiresAt: seen.readAt + 2 * dayMs });
  await ledger.write('flags', partitionOf(seen.workspace), { kind: 'put', row, value });
}
