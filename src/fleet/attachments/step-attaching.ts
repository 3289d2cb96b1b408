import { attachmentOf } from '../../core/targets/attachment.ts';
import { requestTag } from '../../core/targets/attachment-body.ts';
import { noteAttachment } from '../../ledger/attachment-index.ts';
import { replaceAttachmentRequest, type StoredAttachmentRequest } from '../../ledger/attachment-requests.ts';
import type { Flow } from '../flow.ts';
import { Throttled } from '../throttled.ts';
import { withFacts } from './resource-facts.ts';
import { sendAttachment } from './send-attachment.ts';
import type { Step } from './step-request.ts';

const lookAgainMs = 15_000;
/** A PUT that was accepted shows at once; one that does not show by then is made again. */
const putAgainAfterMs = 2 * 60_000;
const patienceMs = 2 * 3_600_000;

/** Attaches, and waits until Azure says that it succeeded. What bears the name and is not ours is never overwritten. */
export async function stepAttaching(flow: Flow, stored: StoredAttachmentRequest): Promise<Step> {
  const { computes, clock, ledger } = flow.ports;
  const { request } = stored;
  const { wanted, ref } = request;
  const failed = (reason: string, sentence: string): Step =>
    request.operation === 'reattach'
      ? {
          change: {
            status: 'putting-back',
            reason,
            sentence: `${sentence} The old attachment is being put back.`,
          },
          againAt: null,
        }
      : { change: { status: 'failed', reason, sentence }, againAt: null };
  if (wanted === null) return failed('fail.setup', 'Nobody knows what to attach.');

  const got = await computes.get(ref);
  const now = clock.now();
  if (!got.ok && got.kind === 'throttled') throw new Throttled(got);
  if (now - request.sinceAt > patienceMs) {
    return failed('fail.timeout', 'Azure has not attached it within two hours.');
  }
  if (got.ok) {
    const compute = got.value;
    if (compute.tags[requestTag] !== request.requestId) {
      return {
        change: {
          status: request.operation === 'reattach' ? 'needs-person' : 'failed',
          reason: 'refuse.name.taken',
          sentence: `Somebody else made a compute ${ref.compute} meanwhile; it was left alone.`,
        },
        againAt: null,
      };
    }
    switch (compute.provisioningState?.toLowerCase() ?? '') {
      case 'succeeded': {
        const attachment = attachmentOf(compute);
        if (attachment !== null) {
          await noteAttachment(ledger, ref, await withFacts(flow, attachment, null, [], now), now);
        }
        return {
          change: {
            status: 'attached',
            reason: null,
            sentence: `${ref.compute} is attached to ${ref.workspace}.`,
          },
          againAt: null,
        };
      }
      case 'failed':
      case 'canceled': {
        const why = compute.errors[0] ?? 'Azure gives no reason.';
        return failed('fail.create', `Azure could not attach it: ${why}`);
      }
      default:
        return { change: {}, againAt: now + lookAgainMs };
    }
  }
  const waits = request.askedAt !== null && now - request.askedAt < putAgainAfterMs;
  if (got.kind !== 'missing' || waits) return { change: {}, againAt: now + lookAgainMs };

  const sent = await sendAttachment(
    flow,
    { ref, kind: wanted.kind, body: wanted.body, secrets: wanted.secrets, tag: request.requestId },
    async () => (await replaceAttachmentRequest(ledger, stored, { tries: request.tries + 1 })) !== null,
  );
  switch (sent.kind) {
    case 'accepted':
      return { change: { askedAt: clock.now() }, againAt: clock.now() + lookAgainMs };
    case 'wait':
      return { change: {}, againAt: sent.until };
    case 'refused':
      return failed('fail.create', `It could not be attached: ${sent.message}`);
  }
}
