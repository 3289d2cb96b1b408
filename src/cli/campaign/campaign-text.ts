import type { CampaignState } from '../../core/campaign/campaign-state.ts';
import type { CampaignComputeView, CampaignView } from '../../present/json/campaign-view.ts';
import { type Colour, type Look, table } from '../../present/table.ts';
import { factsText } from '../facts-text.ts';
import { momentText } from '../moment-text.ts';

export type WholeCampaign = CampaignView & { readonly computes: readonly CampaignComputeView[] };

const colours: Readonly<Record<CampaignState, Colour>> = {
  asked: 'yellow',
  agreed: 'yellow',
  running: 'yellow',
  done: 'green',
  gone: 'green',
  declined: 'red',
  failed: 'red',
  'no-answer': 'red',
  'not-quiet': 'red',
  'called-off': 'red',
};

const countsText = ({ counts }: CampaignView): string =>
  Object.entries(counts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || '–';

/** One row a campaign. */
export const campaignTable = (campaigns: readonly CampaignView[], look: Look): string =>
  table(
    [
      { title: 'CAMPAIGN' },
      { title: 'STATUS' },
      { title: 'DEADLINE' },
      { title: 'INSTANCES' },
      { title: 'WHY', flexible: true },
    ],
    campaigns.map((campaign) => [
      campaign.campaignId,
      { text: campaign.status, colour: campaign.status === 'open' ? 'yellow' : 'green' },
      momentText(campaign.deadline),
      countsText(campaign),
      campaign.why,
    ]),
    look,
  );

const rowsText = (computes: readonly CampaignComputeView[], look: Look): string =>
  table(
    [
      { title: 'INSTANCE' },
      { title: 'OWNER' },
      { title: 'STATE' },
      { title: 'IMAGE' },
      { title: 'FROM' },
      { title: 'WHAT', flexible: true },
    ],
    computes.map((one) => [
      `${one.workspace}/${one.compute}`,
      one.owner?.name ?? one.owner?.objectId ?? '–',
      { text: one.state, colour: colours[one.state] },
      one.imageVersion ?? '–',
      momentText(one.consent?.runAt ?? null),
      one.sentence,
    ]),
    look,
  );

/** A campaign and where each of its instances stands. */
export const campaignText = (campaign: WholeCampaign, look: Look): string =>
  `${factsText(
    [
      ['Campaign', campaign.campaignId],
      ['Status', campaign.status],
      ['Why', campaign.why],
      ['Asked by', `${campaign.by.name ?? campaign.by.objectId}, ${momentText(campaign.at)}`],
      ['Images', `older than ${campaign.imageOlderThan}`],
      ['Reminder', momentText(campaign.remindAt)],
      ['Deadline', momentText(campaign.deadline)],
      ['Instances', countsText(campaign)],
    ],
    look,
  )}\n${rowsText(campaign.computes, look)}`;

export const answerText = (one: CampaignComputeView): string =>
  `${one.workspace}/${one.compute}: ${one.state}. ${one.sentence}\n`;
