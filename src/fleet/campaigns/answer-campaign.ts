import { isOpenState } from '../../core/campaign/campaign-state.ts';
import type { Compute, Person } from '../../core/computes.ts';
import { agreedText, declinedText } from '../../core/campaign/campaign-text.ts';
import { LamplighterError } from '../../core/errors.ts';
import { isSameInstance, type RecreationLoss } from '../../core/provision/recreation.ts';
import {
  type Campaign,
  type CampaignCompute,
  readCampaign,
  readCampaignCompute,
  replaceCampaignCompute,
  type StoredCampaignCompute,
} from '../../ledger/campaigns.ts';
import type { Flow } from '../flow.ts';
import { lossRefusals, takeSnapshot } from '../provision/submit-recreation.ts';

export type CampaignAnswer =
  | {
      readonly kind: 'consent';
      readonly runAt: number;
      readonly accepted: readonly RecreationLoss[];
      readonly acceptsUnknownUse: boolean;
      readonly sshPublicKey: string | null;
    }
  | { readonly kind: 'refuse'; readonly why: string | null };

type Answering = {
  readonly campaignId: string;
  /** As Azure shows it now, to somebody who may use it. */
  readonly compute: Compute;
  readonly by: Person;
  readonly mayAskForOthers: boolean;
  readonly tenantId: string;
  readonly answer: CampaignAnswer;
};

export const noSuchCampaign = (): LamplighterError =>
  new LamplighterError('There is no such campaign that you may see.', {
    code: 'campaign.not-found',
    fault: 'caller',
    field: 'campaignId',
    fix: 'GET /api/campaigns lists those that you may see.',
  });

const conflict = (message: string, fix: string): LamplighterError =>
  new LamplighterError(message, { code: 'campaign.conflict', fault: 'caller', field: 'compute', fix });

function checkOpen(campaign: Campaign, stored: StoredCampaignCompute, now: number): void {
  const { state } = stored.compute;
  if (state === 'running') {
    throw conflict(
      'It is being made anew already.',
      'GET /api/requests shows its request; that can be cancelled until the old one is deleted.',
    );
  }
  if (!isOpenState(state) || campaign.endedAt !== null || now >= campaign.deadlineAt) {
    throw conflict(
      `Nothing is asked about it any more: it is ${state}.`,
      'Use …/recreate to have it made anew all the same.',
    );
  }
}

async function consentedTo(
  flow: Flow,
  campaign: Campaign,
  answering: Answering,
  consent: Extract<CampaignAnswer, { kind: 'consent' }>,
): Promise<Partial<CampaignCompute>> {
  const now = flow.ports.clock.now();
  if (consent.runAt >= campaign.deadlineAt) {
    throw new LamplighterError('The time is after the campaign’s deadline.', {
      code: 'request.invalid',
      fault: 'caller',
      field: 'at',
      fix: `Give a time before ${new Date(campaign.deadlineAt).toISOString()}, or "now".`,
    });
  }
  const snapshot = await takeSnapshot(flow, answering.compute, {
    sshPublicKey: consent.sshPublicKey,
    tenantId: answering.tenantId,
  });
  const [loss, ...more] = lossRefusals(snapshot, consent.accepted);
  if (loss !== undefined) {
    throw new LamplighterError([loss, ...more].map(({ detail }) => detail).join(' '), {
      code: loss.code,
      fault: 'caller',
      field: 'accept',
      fix: loss.fix,
    });
  }
  const runAt = Math.max(consent.runAt, now);
  const { by, mayAskForOthers, tenantId } = answering;
  const { accepted, acceptsUnknownUse, sshPublicKey } = consent;
  return {
    state: 'agreed',
    consent: { by, mayAskForOthers, at: now, runAt, accepted, acceptsUnknownUse, sshPublicKey, tenantId },
    sentence: agreedText(by.name ?? by.objectId, runAt, now),
  };
}

/**
 * Takes the word of whoever may use an instance on whether a campaign may make it anew; until it is begun they may say
 * otherwise. Throws `campaign.not-found`, `campaign.conflict`, or what it would lose and nobody has agreed to.
 */
export async function answerCampaign(flow: Flow, answering: Answering): Promise<CampaignCompute> {
  const { ledger, clock } = flow.ports;
  const stored = await readCampaign(ledger, answering.campaignId);
  const own = await readCampaignCompute(ledger, answering.campaignId, answering.compute.ref);
  if (stored === null || own === null) throw noSuchCampaign();
  const { campaign } = stored;
  checkOpen(campaign, own, clock.now());
  if (!isSameInstance(own.compute.old, answering.compute)) {
    throw conflict('It has been made anew since the campaign began.', 'Nothing needs doing.');
  }
  const { answer, by } = answering;
  const change =
    answer.kind === 'consent'
      ? await consentedTo(flow, campaign, answering, answer)
      : {
          state: 'declined' as const,
          consent: null,
          sentence: declinedText(by.name ?? by.objectId, answer.why),
        };
  const written = await replaceCampaignCompute(ledger, own, campaign.deadlineAt, {
    ...change,
    updatedAt: clock.now(),
  });
  if (written !== null) return written.compute;
  throw new LamplighterError('It was changed at the same moment.', {
    code: 'campaign.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Send it again.',
  });
}
