import type { Compute } from '../../core/computes.ts';
import { computeKey } from '../../core/ids.ts';
import type { AttachmentDenial } from '../../core/policy/types.ts';
import { type Attachment, attachmentOf } from '../../core/targets/attachment.ts';
import type { SeenAttachment } from '../../ledger/attachment-index.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { withFacts } from './resource-facts.ts';

/** Rows of a list may come without the kind's own properties, in which namespaces and pools are written. */
const isThin = (compute: Compute): boolean =>
  !Object.keys(compute.raw).some((key) => key.toLowerCase() === 'properties');

/** The attachment of a row; of a thin one as it is known already, where that is the same attachment, else asked for alone. */
export async function wholeAttachment(
  flow: Flow,
  compute: Compute,
  known: Attachment | null,
): Promise<Attachment | null> {
  const seen = attachmentOf(compute);
  if (seen === null || !isThin(compute)) return seen;
  if (known !== null && known.attachedAt === seen.attachedAt && known.resourceId === seen.resourceId)
    return known;
  const got = await flow.ports.computes.get(compute.ref);
  // Not even that it has a namespace is known of it: what it occupies cannot be told.
  return got.ok ? attachmentOf(got.value) : { ...seen, key: null };
}

/** Every attachment among the computes of a workspace, with what is known of its resource. */
export async function seeAttachments(
  flow: Flow,
  computes: readonly Compute[],
  before: readonly SeenAttachment[],
  deny: readonly AttachmentDenial[],
  now: number,
): Promise<readonly SeenAttachment[]> {
  const known = new Map(before.map((one) => [computeKey(one.ref), one]));
  const seen = await inParallel(computes, fewAtATime, async (compute) => {
    const last = known.get(computeKey(compute.ref)) ?? null;
    const attachment = await wholeAttachment(flow, compute, last);
    return attachment === null ? null : withFacts(flow, attachment, last, deny, now);
  });
  return seen.filter((one) => one !== null);
}
