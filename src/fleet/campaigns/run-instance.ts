import { waitingText } from '../../core/campaign/campaign-text.ts';
import { imageFinding } from '../../core/findings/upkeep-findings.ts';
import { shortHash } from '../../core/ids.ts';
import { isSameInstance } from '../../core/provision/recreation.ts';
import { snapshotOf } from '../../core/provision/snapshot.ts';
import type { Campaign, CampaignCompute } from '../../ledger/campaigns.ts';
import { placeOf } from '../../ledger/partitions.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { requestIdOf } from '../provision/provision-id.ts';
import { proveQuiet } from '../provision/prove-quiet.ts';
import { submitRecreation } from '../provision/submit-recreation.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { tellOwner } from './tell-owner.ts';

type Step = Partial<CampaignCompute> | null;

/** Azure may show a new machine's image some moments after it runs. */
const imageShowsWithinMs = 60 * 60_000;

/** Refusals that may no longer hold in an hour. */
const mayPass = /in-use|use-unknown|recreate\.state|name\.taken|budget|refuse\.azure\./;
const waitLongerMs = 60 * 60_000;

const waits = (because: string): Step => ({ state: 'agreed', sentence: waitingText(because) });

/** Each try is a request of its own, so that it is not tried at every sweep. */
function waitsLonger(flow: Flow, campaign: Campaign, { consent }: CampaignCompute, because: string): Step {
  const runAt = Math.min(flow.ports.clock.now() + waitLongerMs, campaign.deadlineAt - 1);
  return { ...waits(because), ...(consent === null ? {} : { consent: { ...consent, runAt } }) };
}

/**
 * The first of the two looks: an instance that has been quiet for as long as the idle rule says, and that nothing keeps,
 * is begun. That it is stands in the ledger before anything is asked for.
 */
export async function beginInstance(flow: Flow, compute: CampaignCompute): Promise<Step> {
  const proof = await proveQuiet(flow, compute.ref, null);
  switch (proof.kind) {
    case 'missing':
      return { state: 'gone', sentence: 'It is there no more.' };
    case 'unreadable':
    case 'job':
    case 'active':
    case 'unsettled':
      return waits(proof.message);
    case 'unknown':
      if (compute.consent?.acceptsUnknownUse !== true) return waits(proof.message);
      break;
    case 'quiet':
      break;
  }
  if (!isSameInstance(compute.old, proof.compute)) {
    return { state: 'gone', sentence: 'It has been made anew by other ways since.' };
  }
  if (proof.guard !== null) return waits(`${proof.guard}.`);
  const attempts = compute.attempts + 1;
  const key = `${compute.campaignId}|${placeOf(compute.ref).row}|${attempts}`;
  const by = compute.consent?.by ?? compute.owner;
  if (by === null) return waits('Nobody has consented.');
  return {
    state: 'running',
    attempts,
    requestId: requestIdOf(by.objectId, `campaign|${key}`),
    sentence: 'It is being made anew.',
  };
}

/** Asks for it where that has not been done yet, and else sees how it goes. Null: it goes on. */
export async function followInstance(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  campaign: Campaign,
  compute: CampaignCompute,
): Promise<Step> {
  const { requestId } = compute;
  if (requestId === null) return waits('Its request is not known.');
  const request = (await readRequest(flow.ports.ledger, requestId))?.request ?? null;
  if (request === null) {
    // A process has died before it asked, or nothing could be read: what is over by now is not begun.
    const isOver = campaign.endedAt !== null || flow.ports.clock.now() >= campaign.deadlineAt;
    if (isOver) return { state: 'called-off', sentence: 'The campaign was over before it was begun.' };
    return submit(flow, facts, client, campaign, compute, requestId);
  }
  return request.endedAt === null ? null : endOf(flow, campaign, compute, request);
}

async function submit(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  campaign: Campaign,
  compute: CampaignCompute,
  requestId: string,
): Promise<Step> {
  const { consent } = compute;
  const got = await flow.ports.computes.get(compute.ref);
  if (!got.ok || consent === null) {
    return !got.ok && got.kind === 'missing'
      ? { state: 'gone', sentence: 'It is there no more.' }
      : waits('It cannot be read.');
  }
  if (!isSameInstance(compute.old, got.value)) {
    return { state: 'gone', sentence: 'It has been made anew by other ways since.' };
  }
  const request = await submitRecreation(flow, facts, client, {
    requestId,
    bodyHash: shortHash(requestId),
    requestedBy: consent.by,
    mayAskForOthers: consent.mayAskForOthers,
    compute: got.value,
    vmSize: null,
    sshPublicKey: consent.sshPublicKey,
    accepted: consent.accepted,
    acceptsUnknownUse: consent.acceptsUnknownUse,
    quietForMs: null,
    campaignId: compute.campaignId,
    tenantId: consent.tenantId,
  });
  if (request.status !== 'refused') return null;
  if (request.refusals.every(({ code }) => mayPass.test(code))) {
    return waitsLonger(flow, campaign, compute, request.sentence);
  }
  const sentence = `It cannot be made anew: ${request.sentence} Nothing has been done to it.`;
  const told = await tellOwner(flow, compute, 'refused', 'Your instance was not made anew', sentence);
  return told ? { state: 'failed', sentence } : null;
}

async function endOf(
  flow: Flow,
  campaign: Campaign,
  compute: CampaignCompute,
  request: MachineRequest,
): Promise<Step> {
  const { sentence, reason } = request;
  switch (request.status) {
    case 'completed':
      return verify(flow, campaign, compute, request);
    case 'cancelled':
    case 'rejected':
    case 'expired':
      return { state: 'declined', sentence };
    case 'failed':
      // Nothing was deleted: it is tried again when it is quiet.
      return reason === 'fail.in-use'
        ? waitsLonger(flow, campaign, compute, sentence)
        : { state: 'failed', sentence };
    case 'refused':
    case 'needs-person':
      return { state: 'failed', sentence };
    case 'awaiting-approval':
    case 'provisioning':
      return null;
  }
}

/** Done is what has a newer image than before, by Azure's own word, so that the finding is fixed. */
async function verify(
  flow: Flow,
  campaign: Campaign,
  compute: CampaignCompute,
  request: MachineRequest,
): Promise<Step> {
  const now = flow.ports.clock.now();
  const got = await flow.ports.computes.get(compute.ref);
  const canWait = now - (request.endedAt ?? now) < imageShowsWithinMs;
  if (!got.ok) {
    if (canWait) return null;
    return { state: 'failed', sentence: 'It was made anew, and its new image could not be read.' };
  }
  const finding = imageFinding(got.value, { maxAgeMs: campaign.imageOlderThanMs }, now);
  const { imageVersion } = snapshotOf(got.value, { sshPublicKey: null, tenantId: '', agent: false });
  const isNewer = imageVersion !== null && imageVersion > (compute.imageVersion ?? '');
  if (finding === 'kept' && isNewer) {
    const before = compute.imageVersion === null ? '' : ` instead of ${compute.imageVersion}`;
    return { state: 'done', sentence: `It was made anew and has OS image ${imageVersion}${before}.` };
  }
  if ((finding === 'unknown' || imageVersion === null) && canWait) return null;
  const shown = imageVersion ?? 'not known';
  return {
    state: 'failed',
    sentence: `It was made anew, but its OS image (${shown}) is not newer than before.`,
  };
}
