import type { Person } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { shortHash } from '../../core/ids.ts';
import { durationText } from '../../core/explain/duration-text.ts';
import type { Match } from '../../core/policy/types.ts';
import { oldInstanceOf } from '../../core/provision/recreation.ts';
import { snapshotOf } from '../../core/provision/snapshot.ts';
import { type Campaign, type CampaignCompute, insertCampaign, readCampaign } from '../../ledger/campaigns.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { outdatedInstances } from './outdated-instances.ts';

export type WantedCampaign = {
  readonly by: Person;
  readonly key: string;
  readonly bodyHash: string;
  readonly match: Match;
  /** Null: as the policy’s `images.maxAge`. */
  readonly imageOlderThanMs: number | null;
  readonly why: string;
  readonly deadlineAt: number;
  readonly remindAt: number;
};

/** Writes a campaign down with all its instances; the next sweep asks their owners. The same key gives the same campaign. */
export async function beginCampaign(
  flow: Flow,
  facts: FleetFacts,
  wanted: WantedCampaign,
): Promise<Campaign> {
  const { ledger, clock } = flow.ports;
  const campaignId = `k${shortHash(`campaign|${wanted.by.objectId}|${wanted.key}`, 24)}`;
  const earlier = await readCampaign(ledger, campaignId);
  if (earlier !== null) {
    if (earlier.campaign.bodyHash === wanted.bodyHash) return earlier.campaign;
    throw new LamplighterError('This Idempotency-Key came with another campaign before.', {
      code: 'idempotency.reused',
      fault: 'caller',
      field: 'idempotency-key',
      fix: 'Use a fresh key for a new campaign.',
    });
  }
  const found = await outdatedInstances(flow, facts, wanted.match, wanted.imageOlderThanMs);
  if (found.instances.length === 0) {
    throw new LamplighterError(
      `No instance that this matches has an image older than ${durationText(found.olderThanMs)}; of ${found.unknown} it cannot be told, and ${found.left} are protected, exempt or in mode off.`,
      {
        code: 'campaign.nobody',
        fault: 'caller',
        field: 'match',
        fix: 'Widen the match, or give a shorter "imageOlderThan"; GET /api/findings?code=image.outdated lists what is outdated.',
      },
    );
  }
  const now = clock.now();
  const campaign: Campaign = {
    campaignId,
    bodyHash: wanted.bodyHash,
    by: wanted.by,
    at: now,
    match: wanted.match,
    imageOlderThanMs: found.olderThanMs,
    why: wanted.why,
    remindAt: wanted.remindAt,
    deadlineAt: wanted.deadlineAt,
    endedAt: null,
    endedBy: null,
  };
  const computes = found.instances.flatMap((compute): CampaignCompute[] => {
    const old = oldInstanceOf(compute);
    if (old === null) return [];
    const help = { sshPublicKey: null, tenantId: '', agent: false };
    return [
      {
        campaignId,
        ref: compute.ref,
        owner: compute.owner,
        old,
        imageVersion: snapshotOf(compute, help).imageVersion,
        state: 'asked',
        sentence: 'Its owner is being asked.',
        toldAt: null,
        remindedAt: null,
        consent: null,
        attempts: 0,
        requestId: null,
        updatedAt: now,
      },
    ];
  });
  const inserted = await insertCampaign(ledger, campaign, computes);
  return inserted ? campaign : ((await readCampaign(ledger, campaignId))?.campaign ?? campaign);
}
