import { type Caller, isAdmin, personOf } from '../../../auth/caller.ts';
import { recreationConsequence } from '../../../core/provision/recreation-text.ts';
import {
  answerCampaign,
  type CampaignAnswer,
  noSuchCampaign,
} from '../../../fleet/campaigns/answer-campaign.ts';
import { readCampaign, readCampaignCompute } from '../../../ledger/campaigns.ts';
import type { AppDoors } from '../app-doors.ts';
import { usableInstance } from '../usable-instance.ts';
import { computeOf, type LinkAction, type LinkVisit } from './link-action.ts';

/** Whether an instance may be made anew: its owner's word, from the message that asked. What it would lose is said first. */
export function answerCampaignLink({ ports, settings }: AppDoors, word: 'consent' | 'decline'): LinkAction {
  const flow = { ports, scope: settings.scope };

  async function asked({ caller, link }: LinkVisit) {
    const { ref, of } = computeOf(link);
    const campaignId = of ?? '';
    const compute = await usableInstance(flow, caller, ref);
    const stored = await readCampaign(ports.ledger, campaignId);
    const own = await readCampaignCompute(ports.ledger, campaignId, ref);
    if (stored === null || own === null) throw noSuchCampaign();
    return { campaignId, compute, campaign: stored.campaign };
  }
  const take = async (visit: LinkVisit, caller: Caller, answer: CampaignAnswer): Promise<string> => {
    const { campaignId, compute } = await asked(visit);
    const { sentence } = await answerCampaign(flow, {
      campaignId,
      compute,
      by: personOf(caller),
      mayAskForOthers: isAdmin(caller),
      tenantId: settings.tenantId,
      answer,
    });
    return `${compute.ref.compute}: ${sentence}`;
  };

  if (word === 'decline') {
    return {
      async show(visit) {
        const { compute, campaign } = await asked(visit);
        return {
          title: `Leave ${compute.ref.compute} as it is?`,
          sentence: `Its old OS image stays. What was asked: ${campaign.why}`,
          confirm: 'Leave it as it is',
          danger: false,
          asks: 'comment',
        };
      },
      act: (visit, { comment }) => take(visit, visit.caller, { kind: 'refuse', why: comment }),
    };
  }
  return {
    async show(visit) {
      const { compute } = await asked(visit);
      return {
        title: `Make ${compute.ref.compute} anew?`,
        sentence: `It is deleted and made again as it is, with the newest OS image, as soon as it has been quiet for long enough. ${recreationConsequence}`,
        confirm: 'Make it anew',
        danger: true,
        asks: null,
      };
    },
    act: (visit) =>
      take(visit, visit.caller, {
        kind: 'consent',
        runAt: visit.at,
        accepted: [],
        acceptsUnknownUse: false,
        sshPublicKey: null,
      }),
  };
}
