import { type CampaignCompute, campaignRow } from '../../ledger/campaigns.ts';
import type { Flow } from '../flow.ts';
import { deliver, pagePathOf } from '../tell.ts';

/** Tells an owner; one whose owner nobody knows is the admins’ matter. `false`: not delivered, so it is tried at the next sweep. */
export async function tellOwner(
  flow: Flow,
  compute: CampaignCompute,
  kind: string,
  title: string,
  sentence: string,
): Promise<boolean> {
  const { ref, campaignId, owner } = compute;
  const delivery = await deliver(flow, {
    id: `campaign-${campaignId}-${campaignRow(ref)}-${kind}`,
    kind: 'request',
    to: owner,
    compute: ref,
    title,
    sentence: `${sentence} ${wayText(compute)}`,
    links: [{ label: 'Look at it', path: pagePathOf(ref) }],
  });
  return delivery.accepted;
}

const wayText = ({ campaignId, ref, state }: CampaignCompute): string =>
  state === 'asked'
    ? `To consent: lamplighter campaign consent ${campaignId} ${ref.workspace}/${ref.compute}; to refuse: lamplighter campaign refuse ${campaignId} ${ref.workspace}/${ref.compute}.`
    : '';
