import { isOpenState } from '../../core/campaign/campaign-state.ts';
import {
  askText,
  endedText,
  noAnswerText,
  notQuietText,
  remindText,
} from '../../core/campaign/campaign-text.ts';
import { LamplighterError } from '../../core/errors.ts';
import { blastLimit } from '../../core/idle/brakes.ts';
import type { Policy } from '../../core/policy/types.ts';
import {
  type Campaign,
  type CampaignCompute,
  listCampaigns,
  readCampaignComputes,
  replaceCampaign,
  replaceCampaignCompute,
  type StoredCampaign,
  type StoredCampaignCompute,
} from '../../ledger/campaigns.ts';
import { isHalted } from '../../ledger/flags.ts';
import type { Flow } from '../flow.ts';
import { type FleetFacts, fleetFacts } from '../provision/fleet-facts.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { alertOnce } from '../tell.ts';
import { beginInstance, followInstance } from './run-instance.ts';
import { tellOwner } from './tell-owner.ts';

type Step = Partial<CampaignCompute> | null;

async function ask(
  flow: Flow,
  campaign: Campaign,
  stored: StoredCampaignCompute,
  now: number,
): Promise<Step> {
  const { compute } = stored;
  const asked = { ...campaign, ref: compute.ref, imageVersion: compute.imageVersion };
  if (compute.toldAt === null) {
    const told = await tellOwner(
      flow,
      stored.compute,
      'ask',
      'May your instance be made anew?',
      askText(asked),
      campaign.deadlineAt,
    );
    return told ? { toldAt: now, sentence: 'Its owner has been asked and has not answered yet.' } : null;
  }
  if (now >= campaign.remindAt && compute.remindedAt === null) {
    const told = await tellOwner(
      flow,
      stored.compute,
      'remind',
      'Your instance’s image: last reminder',
      remindText(asked),
      campaign.deadlineAt,
    );
    return told ? { remindedAt: now } : null;
  }
  return null;
}

/** The deadline has passed, or an admin has ended it: nothing more is begun, and what runs ends by itself. */
async function close(flow: Flow, campaign: Campaign, stored: StoredCampaignCompute): Promise<Step> {
  const { compute } = stored;
  const isCalledOff = campaign.endedAt !== null && campaign.endedBy !== null;
  switch (compute.state) {
    case 'asked':
      return isCalledOff
        ? { state: 'called-off', sentence: 'The campaign was ended before anybody answered.' }
        : { state: 'no-answer', sentence: noAnswerText };
    case 'agreed': {
      if (isCalledOff)
        return { state: 'called-off', sentence: 'The campaign was ended before it was its turn.' };
      const sentence = notQuietText(compute.ref, compute.sentence);
      const told = await tellOwner(
        flow,
        stored.compute,
        'not-quiet',
        'Your instance was not made anew',
        sentence,
      );
      return told ? { state: 'not-quiet', sentence } : null;
    }
    case 'running':
    case 'done':
    case 'declined':
    case 'failed':
    case 'gone':
    case 'no-answer':
    case 'not-quiet':
    case 'called-off':
      return null;
  }
}

async function change(
  flow: Flow,
  campaign: Campaign,
  stored: StoredCampaignCompute,
  step: Step,
): Promise<StoredCampaignCompute> {
  if (step === null) return stored;
  const updatedAt = flow.ports.clock.now();
  const { ledger } = flow.ports;
  // Its owner has said something else at the same moment: the next sweep sees that.
  return (
    (await replaceCampaignCompute(ledger, stored, campaign.deadlineAt, { ...step, updatedAt })) ?? stored
  );
}

/** One that cannot be read, or asked for, now keeps none of the others waiting: it is tried again at the next sweep. */
async function follow(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  campaign: Campaign,
  compute: CampaignCompute,
): Promise<Step> {
  try {
    return await followInstance(flow, facts, client, campaign, compute);
  } catch (thrown) {
    const passes = thrown instanceof LamplighterError && thrown.retryable;
    if (!passes || thrown.code === 'ledger.unavailable') throw thrown;
    return null;
  }
}

/** Words first and for everybody, so that nobody waits for others’ machines. */
async function stepTold(flow: Flow, campaign: Campaign, all: readonly StoredCampaignCompute[]) {
  const now = flow.ports.clock.now();
  const isOver = now >= campaign.deadlineAt || campaign.endedAt !== null;
  const stepped: StoredCampaignCompute[] = [];
  for (const stored of all) {
    const { state } = stored.compute;
    const step = isOver
      ? await close(flow, campaign, stored)
      : state === 'asked'
        ? await ask(flow, campaign, stored, now)
        : null;
    stepped.push(await change(flow, campaign, stored, step));
  }
  return stepped;
}

const isDue = ({ compute }: StoredCampaignCompute, campaign: Campaign, now: number): boolean =>
  compute.state === 'agreed' &&
  campaign.endedAt === null &&
  now < campaign.deadlineAt &&
  compute.consent !== null &&
  compute.consent.runAt <= now;

/** All is answered and done, or the deadline has passed and nothing runs any more: the admins are told once. */
async function conclude(
  flow: Flow,
  stored: StoredCampaign,
  all: readonly StoredCampaignCompute[],
): Promise<void> {
  const { campaign } = stored;
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const isOver = now >= campaign.deadlineAt || campaign.endedAt !== null;
  const isWaiting = ({ compute: { state } }: StoredCampaignCompute): boolean =>
    state === 'running' || state === 'agreed' || state === 'asked' || (!isOver && isOpenState(state));
  if (all.some(isWaiting)) return;
  const counts: Record<string, number> = {};
  for (const { compute } of all) counts[compute.state] = (counts[compute.state] ?? 0) + 1;
  const left = all.flatMap(({ compute: { state, ref } }) =>
    state === 'done' || state === 'gone' ? [] : [`${ref.workspace}/${ref.compute} (${state})`],
  );
  await alertOnce(flow, {
    alertId: `campaign-${campaign.campaignId}`,
    code: 'campaign.ended',
    title: 'A campaign for new OS images has ended',
    sentence: endedText({ name: campaign.why, counts, left }),
  });
  if (campaign.endedAt === null) await replaceCampaign(ledger, stored, { endedAt: now });
}

/** Ended, told, and nothing of it under way: nothing is left to be done for it. */
const isSettled = ({ campaign }: StoredCampaign, all: readonly StoredCampaignCompute[]): boolean =>
  campaign.endedAt !== null &&
  all.every(({ compute: { state } }) => state !== 'running' && state !== 'agreed' && state !== 'asked');

/**
 * Takes every campaign as far as it can go now, once a sweep: owners are asked and reminded, what they have consented to
 * is begun when it is due and quiet, at most so many at once as may be stopped at once, and what has run is verified.
 */
export async function stepCampaigns(flow: Flow, policy: Policy, client: DurableStarter): Promise<void> {
  const { ledger, clock } = flow.ports;
  const campaigns = await listCampaigns(ledger);
  const recent = campaigns.filter(({ campaign }) => clock.now() < campaign.deadlineAt + 7 * 86_400_000);
  if (recent.length === 0) return;
  const facts = fleetFacts(flow);
  const open: { stored: StoredCampaign; all: StoredCampaignCompute[] }[] = [];
  for (const stored of recent) {
    const all = await readCampaignComputes(ledger, stored.campaign.campaignId);
    if (isSettled(stored, all)) continue;
    const told = await stepTold(flow, stored.campaign, all);
    const followed: StoredCampaignCompute[] = [];
    for (const one of told) {
      const step =
        one.compute.state === 'running'
          ? await follow(flow, facts, client, stored.campaign, one.compute)
          : null;
      followed.push(await change(flow, stored.campaign, one, step));
    }
    open.push({ stored, all: followed });
  }
  const count = (of: (one: StoredCampaignCompute) => boolean): number =>
    open.reduce((sum, { all }) => sum + all.filter(of).length, 0);
  let room =
    blastLimit(
      count(() => true),
      policy.limits,
    ) - count(({ compute }) => compute.state === 'running');
  const halted = await isHalted(ledger);
  for (const { stored, all } of open) {
    const { campaign } = stored;
    for (const [index, one] of all.entries()) {
      if (halted || room <= 0 || !isDue(one, campaign, clock.now())) continue;
      const step = await beginInstance(flow, one.compute);
      const begun = await change(flow, campaign, one, step);
      all[index] = begun;
      if (begun.compute.state !== 'running') continue;
      room -= 1;
      // What it says now is in the ledger: a process that dies here is followed up by the next sweep.
      const followed = await follow(flow, facts, client, campaign, begun.compute);
      all[index] = await change(flow, campaign, begun, followed);
    }
    await conclude(flow, stored, all);
  }
}
