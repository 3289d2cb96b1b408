import { attachmentOf } from '../../core/targets/attachment.ts';
import type { Compute } from '../../core/computes.ts';
import { noteAttachment } from '../../ledger/attachment-index.ts';
import { readHalt } from '../../ledger/flags.ts';
import type { AttachmentRequest } from '../../ledger/attachment-requests.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { Throttled } from '../throttled.ts';
import { proveUnused } from './prove-unused.ts';
import { refusedStep } from './step-checking.ts';
import type { Step } from './step-request.ts';

const lookAgainMs = 15_000;
const haltedAgainMs = 60_000;
/** Detaching takes a minute; after ten it is asked for once more. */
const askAgainAfterMs = 10 * 60_000;
const patienceMs = 2 * 3_600_000;

const failedStep = (reason: string, sentence: string): Step => ({
  change: { status: 'failed', reason, sentence },
  againAt: null,
});

const isSame = (request: AttachmentRequest, compute: Compute): boolean => {
  const now = attachmentOf(compute);
  const { old } = request;
  return now !== null && old !== null && now.key === old.key && now.attachedAt === old.attachedAt;
};

/** Takes the attachment off once nothing uses it, and waits until it is gone. */
export async function stepDetaching(flow: Flow, request: AttachmentRequest): Promise<Step> {
  const { ledger, clock, computes, attachments } = flow.ports;
  const got = await computes.get(request.ref);
  const now = clock.now();
  if (!got.ok && got.kind === 'throttled') throw new Throttled(got);
  if (!got.ok && got.kind === 'missing') {
    await noteAttachment(ledger, request.ref, null, now);
    if (request.operation === 'reattach') {
      return {
        change: { status: 'attaching', sentence: 'The old attachment is off; the new one is being made.' },
        againAt: null,
      };
    }
    return {
      change: {
        status: 'detached',
        sentence: `${request.ref.compute} is detached; what it pointed at was left alone.`,
      },
      againAt: null,
    };
  }
  if (now - request.sinceAt > patienceMs) {
    return failedStep('fail.timeout', 'It was asked to be detached two hours ago and is still there.');
  }
  if (!got.ok) return { change: {}, againAt: now + lookAgainMs };
  const compute = got.value;
  const deleting = compute.provisioningState?.toLowerCase() === 'deleting';
  const waits = request.askedAt !== null && now - request.askedAt < askAgainAfterMs;
  if (deleting || waits) return { change: {}, againAt: now + lookAgainMs };
  if (!isSame(request, compute)) {
    return failedStep('fail.setup', 'Somebody changed the attachment meanwhile, so nothing was done to it.');
  }
  return askToDetach();

  async function askToDetach(): Promise<Step> {
    const attachment = attachmentOf(compute);
    const proof = attachment === null ? null : await proveUnused(flow, request.ref, attachment.kind);
    if (proof?.kind === 'used') {
      return refusedStep([{ code: 'refuse.attachment.in-use', detail: `It is in use: ${proof.by}.` }]);
    }
    if (proof?.kind !== 'unused') {
      if (proof !== null && proof.retryAt !== null) return { change: {}, againAt: proof.retryAt };
      return refusedStep([
        {
          code: 'refuse.attachment.unknown',
          detail: `Whether something uses it cannot be read, so it stays: ${proof?.message ?? ''}`,
        },
      ]);
    }
    if ((await readHalt(ledger))?.halted === true)
      return { change: {}, againAt: clock.now() + haltedAgainMs };
    const answer = await attachments.detach(request.ref);
    if (answer.ok || answer.kind === 'unanswered') {
      return { change: { askedAt: clock.now() }, againAt: clock.now() + lookAgainMs };
    }
    if (answer.kind === 'throttled') throw new Throttled(answer);
    if (answer.kind === 'conflict') return { change: {}, againAt: clock.now() + 4 * lookAgainMs };
    return failedStep('fail.create', `Azure would not detach it: ${faultOf(answer).message}`);
  }
}
