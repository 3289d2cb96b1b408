import type { CampaignCompute } from '../../ledger/campaigns.ts';
import { placeOf } from '../../ledger/partitions.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Flow } from '../flow.ts';
import { linkFor } from '../link-for.ts';
import { deliver, pagePathOf } from '../tell.ts';

/** Tells an owner; one whose owner nobody knows is the admins’ matter. `false`: not delivered, so it is tried at the next sweep. */
export async function tellOwner(
  flow: Flow,
  compute: CampaignCompute,
  kind: string,
  title: string,
  sentence: string,
  /** Until when it can be answered; null: nothing is asked. */
  untilAt: number | null = null,
): Promise<boolean> {
  const { ref, campaignId, owner } = compute;
  const delivery = await deliver(flow, {
    id: `campaign-${campaignId}-${placeOf(ref).row}-${kind}`,
    kind: 'request',
    to: owner,
    compute: ref,
    title,
    sentence: `${sentence} ${wayText(compute)}`,
    links: linksOf(flow, compute, untilAt),
  });
  return delivery.accepted;
}

function linksOf(
  flow: Flow,
  { ref, owner, campaignId }: CampaignCompute,
  untilAt: number | null,
): Message['links'] {
  const page = pagePathOf(ref);
  const look = { label: 'Look at it', path: page };
  if (untilAt === null || owner === null) return [look];
  const offered = {
    subject: { kind: 'compute', ref, of: campaignId },
    person: owner.objectId,
    expiresAt: untilAt,
    otherwise: page,
  } as const;
  return [
    linkFor(flow, { ...offered, label: 'Make it anew once it is quiet', action: 'consent' }),
    linkFor(flow, { ...offered, label: 'Leave it as it is', action: 'decline' }),
    look,
  ];
}

const wayText = ({ campaignId, ref, state }: CampaignCompute): string =>
  state === 'asked'
    ? `To consent: lamplighter campaign consent ${campaignId} ${ref.workspace}/${ref.compute}; to refuse: lamplighter campaign refuse ${campaignId} ${ref.workspace}/${ref.compute}.`
    : '';
