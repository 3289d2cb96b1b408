import { z } from 'zod';
import type { Person } from '../core/computes.ts';
import type { MonthSpend } from '../core/cost/month-spend.ts';
import { computeKey, type ComputeRef, type WorkspaceRef } from '../core/ids.ts';
import type { Ledger, LedgerWrite } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, personCodec, timeCodec, workspaceRefCodec } from './codec.ts';
import { partitionOf, withPrefix } from './partitions.ts';
import { dayMs, historyKeptMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/** An instance as the last sweep saw it, for what concerns the whole fleet: quotas and budgets. */
export type InventoryMachine = {
  readonly ref: ComputeRef;
  readonly owner: Person | null;
  readonly state: string | null;
  readonly vmSize: string | null;
  readonly family: string | null;
  readonly cores: number | null;
  readonly gpus: number | null;
  /** Null: too long to keep, and so unknown. */
  readonly tags: Readonly<Record<string, string>> | null;
  readonly spend: MonthSpend | null;
  /** It is deleted; its spending counts to the end of the month. */
  readonly isGone: boolean;
};
export type WorkspaceInventory = {
  readonly workspace: WorkspaceRef;
  readonly location: string;
  readonly readAt: number;
  readonly machines: readonly InventoryMachine[];
  /** Instances of which nothing is known. */
  readonly unread: number;
};

const number = z.number().nullable().default(null);
const text = z.string().nullable().default(null);
const machineCodec = z
  .object({
    ref: computeRefCodec,
    owner: personCodec.nullable().default(null),
    state: text,
    vmSize: text,
    family: text,
    cores: number,
    gpus: number,
    tags: z.record(z.string(), z.string()).nullable().default(null),
    spend: z
      .object({
        month: z.string(),
        usd: z.number(),
        hours: z.number(),
        unpricedHours: z.number(),
        running: z.object({ sinceAt: timeCodec, pricePerHourUsd: number }).nullable().default(null),
      })
      .nullable()
      .default(null),
    isGone: z.boolean().default(false),
  })
  .transform((value): InventoryMachine => value);
const codec = z.object({
  workspace: workspaceRefCodec,
  location: z.string(),
  readAt: timeCodec,
  unread: z.number().default(0),
  machines: z.array(machineCodec),
});

const partition = 'inventory';
/** With the longest tags kept, rows stay well below what the store takes. */
const machinesPerRow = 150;
const longestTags = 1500;
const rowOf = (workspace: WorkspaceRef, index: number): string =>
  `${partitionOf(workspace)}-${String(index).padStart(4, '0')}`;

function join(parts: readonly z.output<typeof codec>[]): readonly WorkspaceInventory[] {
  const byWorkspace = new Map<string, WorkspaceInventory>();
  for (const part of parts) {
    const key = partitionOf(part.workspace);
    const before = byWorkspace.get(key);
    byWorkspace.set(key, { ...part, machines: [...(before?.machines ?? []), ...part.machines] });
  }
  return [...byWorkspace.values()];
}

/** Everything the sweeps have seen, by workspace. */
export async function readInventory(ledger: Ledger): Promise<readonly WorkspaceInventory[]> {
  const rows = await ledger.list('sweeps', partition);
  return join(rows.map((row) => decodeRow(codec, row, 'inventory')));
}

/** Null: no sweep has seen it. */
export async function readWorkspaceInventory(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<WorkspaceInventory | null> {
  const rows = await ledger.list('sweeps', partition, withPrefix(`${partitionOf(workspace)}-`));
  return join(rows.map((row) => decodeRow(codec, row, 'inventory')))[0] ?? null;
}

const shortTags = (tags: InventoryMachine['tags']): InventoryMachine['tags'] =>
  tags === null || JSON.stringify(tags).length > longestTags ? null : tags;

const contentOf = (inventory: WorkspaceInventory): string => JSON.stringify({ ...inventory, readAt: 0 });

/** Writes what one sweep saw of a workspace, where it differs from before or is a day old. */
export async function writeWorkspaceInventory(
  ledger: Ledger,
  seen: WorkspaceInventory,
  before: WorkspaceInventory | null,
): Promise<void> {
  const machines = seen.machines
    .map((machine) => ({ ...machine, tags: shortTags(machine.tags) }))
    .sort((one, other) => (computeKey(one.ref) < computeKey(other.ref) ? -1 : 1));
  const next = { ...seen, machines };
  if (before !== null && contentOf(next) === contentOf(before) && seen.readAt - before.readAt < dayMs) return;
  const writes: LedgerWrite[] = [];
  const count = Math.max(1, Math.ceil(machines.length / machinesPerRow));
  for (let index = 0; index < count; index += 1) {
    const part = machines.slice(index * machinesPerRow, (index + 1) * machinesPerRow);
    const value = encodeRow({ ...next, machines: part, expiresAt: seen.readAt + historyKeptMs });
    writes.push({ kind: 'put', row: rowOf(seen.workspace, index), value });
  }
  const oldCount = Math.max(1, Math.ceil((before?.machines.length ?? 0) / machinesPerRow));
  for (let index = count; index < oldCount; index += 1) {
    writes.push({ kind: 'delete', row: rowOf(seen.workspace, index) });
  }
  await writeOneByOne(ledger, writes);
}

/** One transaction may hold only a few rows of this length. */
async function writeOneByOne(ledger: Ledger, writes: readonly LedgerWrite[]): Promise<void> {
  for (const write of writes) await writeInChunks(ledger, 'sweeps', partition, [write]);
}
