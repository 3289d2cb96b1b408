import { z } from 'zod';
import { shortHash, type WorkspaceRef, workspaceKey } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec, workspaceRefCodec } from './codec.ts';
import { historyKeptMs, newestFirst } from './time-key.ts';

/** One limit of Azure's that somebody set on a workspace through Lamplighter; written before Azure is asked. */
export type AzureQuotaChange = {
  readonly workspace: WorkspaceRef;
  readonly location: string;
  readonly family: string;
  readonly cores: number;
  /** Null: the workspace had no limit of its own. */
  readonly before: number | null;
  readonly at: number;
  readonly by: string;
  readonly why: string | null;
  /** Azure's word; null: it is not known whether it was set. */
  readonly status: string | null;
};

const partition = 'azure-quotas';
const codec = z
  .object({
    workspace: workspaceRefCodec,
    location: z.string().default(''),
    family: z.string(),
    cores: z.number(),
    before: z.number().nullable().default(null),
    at: timeCodec,
    by: z.string().default(''),
    why: z.string().nullable().default(null),
    status: z.string().nullable().default(null),
  })
  .transform((value): AzureQuotaChange => value);

const rowOf = ({ at, workspace, family, by }: AzureQuotaChange): string =>
  `${newestFirst(at)}-${shortHash(`${workspaceKey(workspace)}|${family.toLowerCase()}|${by}`, 16)}`;

export async function putAzureQuotaChange(ledger: Ledger, change: AzureQuotaChange): Promise<void> {
  const value = encodeRow({ ...change, expiresAt: change.at + historyKeptMs });
  await ledger.write('flags', partition, { kind: 'put', row: rowOf(change), value });
}

const listedAtMost = 1000;

/** The newest first. */
export async function listAzureQuotaChanges(ledger: Ledger): Promise<readonly AzureQuotaChange[]> {
  const rows = await ledger.list('flags', partition, { limit: listedAtMost });
  return rows.map((row) => decodeRow(codec, row, 'change of Azure’s quota'));
}
