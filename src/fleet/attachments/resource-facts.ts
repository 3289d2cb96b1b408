import { type Attachment } from '../../core/targets/attachment.ts';
import { attachableTargets } from '../../core/targets/catalogue.ts';
import { nothingKnown, type ResourceFacts } from '../../core/targets/attachment-rules.ts';
import type { AttachmentDenial } from '../../core/policy/types.ts';
import type { SeenAttachment } from '../../ledger/attachment-index.ts';
import type { Flow } from '../flow.ts';
import { Throttled } from '../throttled.ts';

/** A machine changes its system or address seldom; one that could not be read may be readable soon. */
const freshForMs = 6 * 3_600_000;
const unreadFreshForMs = 3_600_000;

const asksForRegion = (deny: readonly AttachmentDenial[]): boolean => deny.some((one) => one.region !== null);

const isComplete = (facts: ResourceFacts, { rules }: { readonly rules: readonly string[] }): boolean =>
  (!rules.includes('ubuntu') || facts.ubuntu !== null) &&
  (!rules.includes('public-ip') || facts.publicIp !== null);

/** Reads the resource, if a rule asks for something of it. What cannot be read is not known. Throws `Throttled`. */
export async function readResourceFacts(
  flow: Flow,
  attachment: Pick<Attachment, 'kind' | 'resourceId' | 'region'>,
  deny: readonly AttachmentDenial[],
): Promise<ResourceFacts> {
  const { rules } = attachableTargets[attachment.kind];
  const wanted =
    rules.includes('ubuntu') ||
    rules.includes('public-ip') ||
    (attachment.region === null && asksForRegion(deny));
  if (!wanted || attachment.resourceId === null) return nothingKnown;
  const got = await flow.ports.attachments.resource(attachment.kind, attachment.resourceId);
  if (got.ok) return got.value;
  if (got.kind === 'throttled') throw new Throttled(got);
  return nothingKnown;
}

/** The attachment with facts about its resource: those of the last look, where they are fresh and about the same one. */
export async function withFacts(
  flow: Flow,
  attachment: Attachment,
  known: SeenAttachment | null,
  deny: readonly AttachmentDenial[],
  now: number,
): Promise<SeenAttachment> {
  const same = known !== null && known.kind === attachment.kind && known.resourceId === attachment.resourceId;
  if (same && known.facts !== null && known.factsReadAt !== null) {
    const complete = isComplete(known.facts, attachableTargets[attachment.kind]);
    if (now - known.factsReadAt < (complete ? freshForMs : unreadFreshForMs)) {
      return { ...attachment, facts: known.facts, factsReadAt: known.factsReadAt };
    }
  }
  try {
    const facts = await readResourceFacts(flow, attachment, deny);
    return { ...attachment, facts, factsReadAt: now };
  } catch (thrown) {
    // A machine that Azure will not show right now is looked at again next time: what was known of it stands.
    if (!(thrown instanceof Throttled)) throw thrown;
    return { ...attachment, facts: same ? known.facts : null, factsReadAt: same ? known.factsReadAt : null };
  }
}
