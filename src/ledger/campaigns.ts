import { z } from 'zod';
import { type CampaignState, campaignStates } from '../core/campaign/campaign-state.ts';
import type { Person } from '../core/computes.ts';
import type { ComputeRef } from '../core/ids.ts';
import type { Match } from '../core/policy/types.ts';
import type { OldInstance, RecreationLoss } from '../core/provision/recreation.ts';
import type { Ledger, LedgerRow } from '../ports/ledger.ts';
import { computeRefCodec, decodeRow, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { placeOf } from './partitions.ts';
import { historyKeptMs } from './time-key.ts';

/** An admin’s call to have instances with old images made anew, each only with its owner’s consent. */
export type Campaign = {
  readonly campaignId: string;
  readonly bodyHash: string;
  readonly by: Person;
  readonly at: number;
  readonly match: Match;
  readonly imageOlderThanMs: number;
  readonly why: string;
  readonly remindAt: number;
  readonly deadlineAt: number;
  /** Nothing more is begun: the deadline has passed, all is answered, or an admin ended it. */
  readonly endedAt: number | null;
  readonly endedBy: Person | null;
};
export type StoredCampaign = { readonly campaign: Campaign; readonly etag: string };

export type CampaignConsent = {
  readonly by: Person;
  readonly mayAskForOthers: boolean;
  readonly at: number;
  /** From when on it may be done. */
  readonly runAt: number;
  readonly accepted: readonly RecreationLoss[];
  readonly acceptsUnknownUse: boolean;
  readonly sshPublicKey: string | null;
  /** Of the deployment, where Azure does not say the owner’s. */
  readonly tenantId: string;
};

export type CampaignCompute = {
  readonly campaignId: string;
  readonly ref: ComputeRef;
  readonly owner: Person | null;
  readonly old: OldInstance;
  readonly imageVersion: string | null;
  readonly state: CampaignState;
  readonly sentence: string;
  readonly toldAt: number | null;
  readonly remindedAt: number | null;
  readonly consent: CampaignConsent | null;
  /** How often it was begun: each is a request of its own. */
  readonly attempts: number;
  readonly requestId: string | null;
  readonly updatedAt: number;
};
export type StoredCampaignCompute = { readonly compute: CampaignCompute; readonly etag: string };

const codec = z
  .object({
    campaignId: z.string(),
    bodyHash: z.string().default(''),
    by: personCodec,
    at: timeCodec,
    match: z.record(z.string(), z.unknown()).transform((value) => value as Match),
    imageOlderThanMs: z.number(),
    why: z.string().default(''),
    remindAt: timeCodec,
    deadlineAt: timeCodec,
    endedAt: maybeTime,
    endedBy: personCodec.nullable().default(null),
  })
  .transform((value): Campaign => value);

const computeCodec = z
  .object({
    campaignId: z.string(),
    ref: computeRefCodec,
    owner: personCodec.nullable().default(null),
    old: z.object({ createdAt: timeCodec, requestId: z.string().nullable().default(null) }),
    imageVersion: z.string().nullable().default(null),
    state: z.enum(campaignStates),
    sentence: z.string().default(''),
    toldAt: maybeTime,
    remindedAt: maybeTime,
    consent: z
      .object({
        by: personCodec,
        mayAskForOthers: z.boolean().default(false),
        at: timeCodec,
        runAt: timeCodec,
        accepted: z
          .array(z.string())
          .default([])
          .transform((value) => value as readonly RecreationLoss[]),
        acceptsUnknownUse: z.boolean().default(false),
        sshPublicKey: z.string().nullable().default(null),
        tenantId: z.string().default(''),
      })
      .nullable()
      .default(null),
    attempts: z.number().default(0),
    requestId: z.string().nullable().default(null),
    updatedAt: timeCodec,
  })
  .transform((value): CampaignCompute => value);

const all = 'campaigns';
const partitionOf = (campaignId: string): string => `campaign-${campaignId}`;
export const isCampaignId = (text: string): boolean => /^k[0-9a-f]{24}$/.test(text);

const expiring = (deadlineAt: number) => ({ expiresAt: deadlineAt + historyKeptMs });
const decode = (row: LedgerRow): StoredCampaign => ({
  campaign: decodeRow(codec, row, 'campaign'),
  etag: row.etag,
});
const decodeCompute = (row: LedgerRow): StoredCampaignCompute => ({
  compute: decodeRow(computeCodec, row, 'instance of a campaign'),
  etag: row.etag,
});

export async function readCampaign(ledger: Ledger, campaignId: string): Promise<StoredCampaign | null> {
  const row = await ledger.get('requests', all, campaignId);
  return row === null ? null : decode(row);
}

/** The newest first. */
export async function listCampaigns(ledger: Ledger): Promise<readonly StoredCampaign[]> {
  const rows = await ledger.list('requests', all);
  return rows.map(decode).toSorted((one, other) => other.campaign.at - one.campaign.at);
}

/** Its instances first, so that one that can be seen is whole. `false`: it is there already. */
export async function insertCampaign(
  ledger: Ledger,
  campaign: Campaign,
  computes: readonly CampaignCompute[],
): Promise<boolean> {
  for (const compute of computes) {
    const value = encodeRow({ ...compute, ...expiring(campaign.deadlineAt) });
    await ledger.write('requests', partitionOf(campaign.campaignId), {
      kind: 'insert',
      row: placeOf(compute.ref).row,
      value,
    });
  }
  const value = encodeRow({ ...campaign, ...expiring(campaign.deadlineAt) });
  return (await ledger.write('requests', all, { kind: 'insert', row: campaign.campaignId, value })).ok;
}

/** `false`: somebody else changed it in between. */
export async function replaceCampaign(
  ledger: Ledger,
  { campaign, etag }: StoredCampaign,
  change: Partial<Campaign>,
): Promise<boolean> {
  const value = encodeRow({ ...campaign, ...change, ...expiring(campaign.deadlineAt) });
  const row = campaign.campaignId;
  return (await ledger.write('requests', all, { kind: 'replace', row, value, etag })).ok;
}

export async function readCampaignComputes(
  ledger: Ledger,
  campaignId: string,
): Promise<readonly StoredCampaignCompute[]> {
  return (await ledger.list('requests', partitionOf(campaignId))).map(decodeCompute);
}

export async function readCampaignCompute(
  ledger: Ledger,
  campaignId: string,
  ref: ComputeRef,
): Promise<StoredCampaignCompute | null> {
  const row = await ledger.get('requests', partitionOf(campaignId), placeOf(ref).row);
  return row === null ? null : decodeCompute(row);
}

/** Null: somebody else changed it in between. */
export async function replaceCampaignCompute(
  ledger: Ledger,
  { compute, etag }: StoredCampaignCompute,
  deadlineAt: number,
  change: Partial<CampaignCompute>,
): Promise<StoredCampaignCompute | null> {
  const changed = { ...compute, ...change };
  const written = await ledger.write('requests', partitionOf(compute.campaignId), {
    kind: 'replace',
    row: placeOf(compute.ref).row,
    value: encodeRow({ ...changed, ...expiring(deadlineAt) }),
    etag,
  });
  return written.ok ? { compute: changed, etag: written.etag } : null;
}
