import { z } from 'zod';
import { type Caller, isAdmin, personOf } from '../../../auth/caller.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { computeKey, type ComputeRef, shortHash } from '../../../core/ids.ts';
import { recreationConsequence } from '../../../core/provision/recreation-text.ts';
import {
  answerCampaign,
  type CampaignAnswer,
  noSuchCampaign,
} from '../../../fleet/campaigns/answer-campaign.ts';
import { beginCampaign } from '../../../fleet/campaigns/begin-campaign.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import {
  type CampaignCompute,
  isCampaignId,
  listCampaigns,
  readCampaign,
  readCampaignComputes,
  replaceCampaign,
} from '../../../ledger/campaigns.ts';
import {
  campaignComputeView,
  campaignComputeViewOf,
  campaignView,
  campaignViewOf,
} from '../../../present/json/campaign-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { campaignBody, consentBody, refusalBody } from '../campaign-body.ts';
import { InvalidInput } from '../invalid-input.ts';
import { answer, type Call, route, type Route } from '../route.ts';
import { usableInstance } from '../usable-instance.ts';
import { mayUse } from '../visible-compute.ts';

const hourMs = 3_600_000;
const longestMs = 180 * 24 * hourMs;
const params = z.object({ campaignId: z.string().max(100) });
const whole = campaignView.extend({ formatVersion, computes: z.array(campaignComputeView) });

function timesOf(at: number, deadlineAt: number, remindBeforeMs: number | undefined): number {
  const faults: { field: string; detail: string }[] = [];
  if (deadlineAt < at + hourMs || deadlineAt > at + longestMs) {
    faults.push({ field: 'deadline', detail: 'expected a time between an hour and 180 days from now' });
  }
  const remindAt = deadlineAt - (remindBeforeMs ?? Math.min(48 * hourMs, (deadlineAt - at) / 2));
  if (remindAt <= at)
    faults.push({ field: 'remindBefore', detail: 'expected less than the time to the deadline' });
  if (faults.length > 0) throw new InvalidInput('body', faults);
  return remindAt;
}

/** The one of the campaign that is meant. Throws `request.invalid`. */
function named(computes: readonly CampaignCompute[], text: string): ComputeRef {
  const wanted = text.toLowerCase().replace(/\/+$/, '');
  const found = computes.filter(
    ({ ref }) =>
      ref.compute.toLowerCase() === wanted ||
      `${ref.workspace}/${ref.compute}`.toLowerCase() === wanted ||
      computeKey(ref) === wanted,
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first.ref;
  throw new InvalidInput('body', [
    {
      field: 'compute',
      detail:
        first === undefined
          ? 'the campaign holds no such instance of yours'
          : `several bear the name, so give WORKSPACE/NAME: ${found.map(({ ref }) => `${ref.workspace}/${ref.compute}`).join(', ')}`,
    },
  ]);
}

/** Having instances with old images made anew, each with its owner’s consent: the admin’s side and the owners’. */
export const campaigns = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  const { ledger } = ports;

  /** Of others’ instances nobody but an admin sees anything. Throws `campaign.not-found`. */
  async function visible(caller: Caller, campaignId: string) {
    const stored = isCampaignId(campaignId) ? await readCampaign(ledger, campaignId) : null;
    if (stored === null) throw noSuchCampaign();
    const all = (await readCampaignComputes(ledger, campaignId)).map(({ compute }) => compute);
    const computes = all.filter(({ owner }) => mayUse(caller, owner));
    if (computes.length === 0) throw noSuchCampaign();
    return { stored, computes };
  }

  async function take(
    call: Call<{ campaignId: string }, undefined, { readonly compute: string }>,
    confirm: string | null | undefined,
    said: CampaignAnswer,
  ) {
    const { caller } = call;
    const { computes } = await visible(caller, call.params.campaignId);
    const ref = named(computes, call.body.compute);
    const compute = await usableInstance(flow, caller, ref);
    if (confirm !== null && confirm?.toLowerCase() !== ref.compute.toLowerCase()) {
      throw new LamplighterError(`${ref.compute} would be deleted and made again. ${recreationConsequence}`, {
        code: 'instance.unconfirmed',
        fault: 'caller',
        field: 'confirm',
        fix: `Send it again with "confirm": "${ref.compute}" if that is what you want.`,
      });
    }
    const answered = await answerCampaign(flow, {
      campaignId: call.params.campaignId,
      compute,
      by: personOf(caller),
      mayAskForOthers: isAdmin(caller),
      tenantId: settings.tenantId,
      answer: said,
    });
    return answer(200, { formatVersion: 1, ...campaignComputeViewOf(answered) });
  }
  const answering = {
    method: 'POST',
    access: 'signed-in',
    params,
    answers: { status: 200, schema: campaignComputeView.extend({ formatVersion }) },
  } as const;

  return [
    route(
      {
        name: 'httpCampaignsCreate',
        method: 'POST',
        path: 'campaigns',
        access: 'admin',
        summary:
          'Asks the owners of instances with old OS images whether these may be made anew; without consent nothing is done',
        body: campaignBody,
        creates: true,
        answers: { status: 201, schema: whole },
      },
      async (call) => {
        const { match, imageOlderThan, deadline, remindBefore, why } = call.body;
        const remindAt = timesOf(call.at, deadline, remindBefore);
        const campaign = await beginCampaign(flow, facts, {
          by: personOf(call.caller),
          key: call.idempotencyKey ?? '',
          bodyHash: shortHash(JSON.stringify(call.body)),
          match,
          imageOlderThanMs: imageOlderThan ?? null,
          why,
          deadlineAt: deadline,
          remindAt,
        });
        const computes = (await readCampaignComputes(ledger, campaign.campaignId)).map(
          ({ compute }) => compute,
        );
        return answer(
          201,
          {
            formatVersion: 1,
            ...campaignViewOf(campaign, computes),
            computes: computes.map(campaignComputeViewOf),
          },
          { location: `/api/campaigns/${campaign.campaignId}` },
        );
      },
    ),
    route(
      {
        name: 'httpCampaignsList',
        method: 'GET',
        path: 'campaigns',
        access: 'signed-in',
        summary:
          'Campaigns of the last months, the newest first: for an admin all, else those that ask something of one',
        answers: { status: 200, schema: z.object({ formatVersion, campaigns: z.array(campaignView) }) },
      },
      async ({ caller }) => {
        const shown = [];
        for (const { campaign } of await listCampaigns(ledger)) {
          const all = (await readCampaignComputes(ledger, campaign.campaignId)).map(({ compute }) => compute);
          const own = all.filter(({ owner }) => mayUse(caller, owner));
          if (own.length > 0) shown.push(campaignViewOf(campaign, own));
        }
        return answer(200, { formatVersion: 1, campaigns: shown });
      },
    ),
    route(
      {
        name: 'httpCampaignsRead',
        method: 'GET',
        path: 'campaigns/{campaignId}',
        access: 'signed-in',
        summary: 'One campaign and where each instance stands: for an admin all, else one’s own',
        params,
        answers: { status: 200, schema: whole },
      },
      async ({ caller, params: { campaignId } }) => {
        const { stored, computes } = await visible(caller, campaignId);
        return answer(200, {
          formatVersion: 1,
          ...campaignViewOf(stored.campaign, computes),
          computes: computes.map(campaignComputeViewOf),
        });
      },
    ),
    route(
      {
        ...answering,
        name: 'httpCampaignsConsent',
        path: 'campaigns/{campaignId}/consent',
        summary: 'Consents to one’s instance being deleted and made anew, at once or from a time on',
        body: consentBody,
      },
      async (call) => {
        const { at, confirm, accept, acceptUnknownUse, sshPublicKey } = call.body;
        return take(call, confirm, {
          kind: 'consent',
          runAt: Math.max(at, call.at),
          accepted: accept,
          acceptsUnknownUse: acceptUnknownUse,
          sshPublicKey: sshPublicKey ?? null,
        });
      },
    ),
    route(
      {
        ...answering,
        name: 'httpCampaignsRefuse',
        path: 'campaigns/{campaignId}/refuse',
        summary: 'Refuses to have one’s instance made anew; it stays as it is',
        body: refusalBody,
      },
      async (call) => take(call, null, { kind: 'refuse', why: call.body.why ?? null }),
    ),
    route(
      {
        name: 'httpCampaignsEnd',
        method: 'POST',
        path: 'campaigns/{campaignId}/end',
        access: 'admin',
        summary:
          'Ends a campaign before its deadline: nothing more is begun, what is under way ends by itself',
        params,
        answers: { status: 200, schema: campaignView.extend({ formatVersion }) },
      },
      async ({ caller, params: { campaignId }, at }) => {
        const { stored, computes } = await visible(caller, campaignId);
        const ended = { endedAt: at, endedBy: personOf(caller) };
        if (stored.campaign.endedAt === null && !(await replaceCampaign(ledger, stored, ended))) {
          throw new LamplighterError('It was changed at the same moment.', {
            code: 'campaign.contended',
            fault: 'lamplighter',
            retryable: true,
            fix: 'Send it again.',
          });
        }
        const campaign =
          stored.campaign.endedAt === null ? { ...stored.campaign, ...ended } : stored.campaign;
        return answer(200, { formatVersion: 1, ...campaignViewOf(campaign, computes) });
      },
    ),
  ];
};
