import { z } from 'zod';
import type { ObjectId, WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerWrite } from '../ports/ledger.ts';
import { encodeRow, timeCodec } from './codec.ts';
import { partitionOf, withPrefix } from './partitions.ts';
import { dayMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/** What the directory said of an owner's account. */
export type OwnerState = {
  readonly objectId: ObjectId;
  readonly state: 'there' | 'gone' | 'unknown';
  readonly name: string | null;
  /** Who stands above them, as far as the directory still knew. */
  readonly managerId: ObjectId | null;
  readonly checkedAt: number;
};

const codec = z
  .object({
    objectId: z.string(),
    state: z.enum(['there', 'gone', 'unknown']).catch('unknown'),
    name: z.string().nullable().default(null),
    managerId: z.string().nullable().default(null),
    checkedAt: timeCodec,
  })
  .transform(
    (value): OwnerState => ({
      ...value,
      objectId: value.objectId as ObjectId,
      managerId: value.managerId as ObjectId | null,
    }),
  );
const rowOf = (objectId: ObjectId): string => `w-${objectId}`;
const keptMs = 60 * dayMs;

/** Owners of the workspace's instances: each workspace asks for its own, so that nobody reads those of the whole fleet. */
export async function readOwners(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<ObjectId, OwnerState>> {
  const rows = await ledger.list('findings', partitionOf(workspace), withPrefix('w-'));
  const owners = rows.flatMap(({ value }) => codec.safeParse(value).data ?? []);
  return new Map(owners.map((owner) => [owner.objectId, owner]));
}

export async function writeOwners(
  ledger: Ledger,
  workspace: WorkspaceRef,
  owners: readonly OwnerState[],
): Promise<void> {
  const writes = owners.map((owner): LedgerWrite => {
    const value = encodeRow({ ...owner, expiresAt: owner.checkedAt + keptMs });
    return { kind: 'put', row: rowOf(owner.objectId), value };
  });
  await writeInChunks(ledger, 'findings', partitionOf(workspace), writes);
}
