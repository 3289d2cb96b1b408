import type { Compute } from '../../core/computes.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import type { FindingLook } from '../../core/findings/types.ts';
import { collide } from '../../core/targets/attachment.ts';
import { noteAttachment, readAttachmentIndex, type SeenAttachment } from '../../ledger/attachment-index.ts';
import { beginRemedies } from '../attachments/begin-remedies.ts';
import { wantedDetaches } from '../attachments/due-remedies.ts';
import { withFacts } from '../attachments/resource-facts.ts';
import { wholeAttachment } from '../attachments/see-attachments.ts';
import { attachmentLooks, goneLook, settleAttachmentFindings } from '../attachments/settle-findings.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import type { DurableStarter } from '../start-orchestration.ts';

async function fleetOf(flow: Flow): Promise<readonly SeenAttachment[]> {
  const index = await readAttachmentIndex(flow.ports.ledger);
  return [...index.values()].flatMap(({ value }) => value.attachments);
}

/** Looks again at those that point at the same resource: what the index holds of them may be a sweep old. */
async function lookAtOthers(
  flow: Flow,
  others: readonly SeenAttachment[],
  policy: LoadedPolicy,
  now: number,
): Promise<readonly FindingLook[]> {
  const looks = await inParallel(others, fewAtATime, async (other) => {
    const got = await flow.ports.computes.get(other.ref);
    if (!got.ok) {
      if (got.kind !== 'missing') return null;
      await noteAttachment(flow.ports.ledger, other.ref, null, now);
      return goneLook(other.ref);
    }
    const attachment = await wholeAttachment(flow, got.value, other);
    const seen =
      attachment === null
        ? null
        : await withFacts(flow, attachment, other, policy.policy.attachments.deny, now);
    await noteAttachment(flow.ports.ledger, other.ref, seen, now);
    return null;
  });
  return looks.filter((look) => look !== null);
}

/**
 * Looks at one attachment, and at those that share its resource before and now: the rules hold for each of them, and
 * whatever broke or was mended is told. `compute` null: it is there no more.
 */
export async function reconcileAttachment(
  flow: Flow,
  ref: ComputeRef,
  compute: Compute | null,
  policy: LoadedPolicy,
  /** Null: what the policy wants done about it is begun by somebody else. */
  client: DurableStarter | null,
): Promise<void> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const own = computeKey(ref);
  const known = (await fleetOf(flow)).find((one) => computeKey(one.ref) === own) ?? null;
  const attachment = compute === null ? null : await wholeAttachment(flow, compute, known);
  const seen =
    attachment === null
      ? null
      : await withFacts(flow, attachment, known, policy.policy.attachments.deny, now);
  if (known === null && seen === null) return;
  await noteAttachment(ledger, ref, seen, now);

  const touches = (one: SeenAttachment): boolean =>
    (known !== null && collide(known, one)) || (seen !== null && collide(seen, one));
  const others = (await fleetOf(flow)).filter((one) => computeKey(one.ref) !== own && touches(one));
  const gone = await lookAtOthers(flow, others, policy, now);

  const fleet = await fleetOf(flow);
  const about = fleet.filter((one) => computeKey(one.ref) === own || touches(one));
  const looks = attachmentLooks(fleet, about, policy, clock.now());
  const ended = seen === null ? [goneLook(ref)] : [];
  const standing = await settleAttachmentFindings(flow, [...looks, ...gone, ...ended]);
  if (client !== null) await beginRemedies(flow, client, wantedDetaches(fleet, standing, policy, now), now);
}
