import { z } from 'zod';
import { campaignStates } from '../../core/campaign/campaign-state.ts';
import { formatDuration } from '../../core/policy/duration.ts';
import type { Campaign, CampaignCompute } from '../../ledger/campaigns.ts';
import { addressOf } from './compute-address.ts';
import { computeAddress, instant, instantOf, instantOrNull, person } from './scalars.ts';

export const campaignView = z.object({
  campaignId: z.string(),
  status: z.enum(['open', 'ended']),
  why: z.string(),
  by: person,
  at: instant,
  remindAt: instant,
  deadline: instant,
  endedAt: instant.nullable(),
  imageOlderThan: z.string(),
  match: z.record(z.string(), z.unknown()),
  counts: z
    .partialRecord(z.enum(campaignStates), z.number().int())
    .meta({ description: 'Instances per state' }),
});
export type CampaignView = z.infer<typeof campaignView>;

export const campaignComputeView = computeAddress.extend({
  owner: person.nullable(),
  state: z.enum(campaignStates),
  sentence: z.string(),
  imageVersion: z.string().nullable().meta({ description: 'When the campaign began' }),
  askedAt: instant.nullable(),
  remindedAt: instant.nullable(),
  consent: z.object({ by: person, at: instant, runAt: instant }).nullable(),
  requestId: z.string().nullable().meta({ description: 'How it goes is in /api/requests/{id}' }),
  updatedAt: instant,
});
export type CampaignComputeView = z.infer<typeof campaignComputeView>;

export function campaignViewOf(campaign: Campaign, computes: readonly CampaignCompute[]): CampaignView {
  const counts: CampaignView['counts'] = {};
  for (const { state } of computes) counts[state] = (counts[state] ?? 0) + 1;
  return {
    campaignId: campaign.campaignId,
    status: campaign.endedAt === null ? 'open' : 'ended',
    why: campaign.why,
    by: { ...campaign.by },
    at: instantOf(campaign.at),
    remindAt: instantOf(campaign.remindAt),
    deadline: instantOf(campaign.deadlineAt),
    endedAt: instantOrNull(campaign.endedAt),
    imageOlderThan: formatDuration(campaign.imageOlderThanMs),
    match: { ...campaign.match },
    counts,
  };
}

export const campaignComputeViewOf = (compute: CampaignCompute): CampaignComputeView => ({
  ...addressOf(compute.ref),
  owner: compute.owner === null ? null : { ...compute.owner },
  state: compute.state,
  sentence: compute.sentence,
  imageVersion: compute.imageVersion,
  askedAt: instantOrNull(compute.toldAt),
  remindedAt: instantOrNull(compute.remindedAt),
  consent:
    compute.consent === null
      ? null
      : {
          by: { ...compute.consent.by },
          at: instantOf(compute.consent.at),
          runAt: instantOf(compute.consent.runAt),
        },
  requestId: compute.requestId,
  updatedAt: instantOf(compute.updatedAt),
});
