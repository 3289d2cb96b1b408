import { takesSecrets } from '../../core/targets/attachment-secrets.ts';
import { requestTag } from '../../core/targets/attachment-body.ts';
import { replaceAttachmentRequest, type StoredAttachmentRequest } from '../../ledger/attachment-requests.ts';
import { readHalt } from '../../ledger/flags.ts';
import type { Flow } from '../flow.ts';
import { alertOnce } from '../tell.ts';
import { Throttled } from '../throttled.ts';
import { sendAttachment } from './send-attachment.ts';
import type { Step } from './step-request.ts';

const lookAgainMs = 15_000;
const haltedAgainMs = 60_000;
const putAgainAfterMs = 2 * 60_000;
/** Refusals are waited out, longer each time, before a person is called. */
const againAfterMs = [60_000, 5 * 60_000, 10 * 60_000, 20 * 60_000] as const;
const patienceMs = 6 * 3_600_000;

/** The mark of the old attachment as this request put it back: the new one bears the request's id alone. */
const backTag = (requestId: string): string => `${requestId}-back`;

/** Puts the old attachment back after the new one could not be made; whatever is in the way and is not ours stays. */
export async function stepPuttingBack(flow: Flow, stored: StoredAttachmentRequest): Promise<Step> {
  const { computes, clock, ledger, attachments } = flow.ports;
  const { request } = stored;
  const { old, ref } = request;
  const why = request.sentence.replace(' The old attachment is being put back.', '');

  const stuck = async (sentence: string): Promise<Step> => {
    const text = `${why} The old attachment could not be put back: ${sentence}`;
    await alertOnce(flow, {
      alertId: `attachment-${request.requestId}`,
      code: 'attachment.needs-person',
      title: `${ref.compute} in ${ref.workspace} is no longer attached`,
      sentence: text,
    });
    return { change: { status: 'needs-person', sentence: text }, againAt: null };
  };
  if (old === null) return stuck('nobody knows what it was.');
  if (takesSecrets(old.kind) && Object.keys(old.secrets).length === 0) {
    return stuck('it needs a secret, and the caller said that there is no way back.');
  }

  const got = await computes.get(ref);
  const now = clock.now();
  if (!got.ok && got.kind === 'throttled') throw new Throttled(got);
  if (now - request.sinceAt > patienceMs) return stuck('it took longer than six hours.');
  if (got.ok) {
    const tag = got.value.tags[requestTag];
    const state = got.value.provisioningState?.toLowerCase();
    if (tag !== request.requestId && tag !== backTag(request.requestId)) {
      return stuck(`somebody else made a compute ${ref.compute} meanwhile, which was left alone.`);
    }
    if (tag === backTag(request.requestId) && state === 'succeeded') {
      return {
        change: { status: 'put-back', sentence: `${why} The old attachment is back.` },
        againAt: null,
      };
    }
    const isOver =
      state === 'failed' || state === 'canceled' || (state === 'succeeded' && tag === request.requestId);
    const waits = request.askedAt !== null && now - request.askedAt < putAgainAfterMs;
    if (!isOver || waits) return { change: {}, againAt: now + lookAgainMs };
    // Only what this request made itself, and what came to nothing, is taken off here.
    if ((await readHalt(ledger))?.halted === true) return { change: {}, againAt: now + haltedAgainMs };
    const off = await attachments.detach(ref);
    if (!off.ok && off.kind === 'throttled') throw new Throttled(off);
    return { change: { askedAt: off.ok ? now : null }, againAt: now + lookAgainMs };
  }
  const justSent = request.tries > 0 && request.askedAt !== null && now - request.askedAt < lookAgainMs;
  if (got.kind !== 'missing' || justSent) return { change: {}, againAt: now + lookAgainMs };
  const sent = await sendAttachment(
    flow,
    { ref, kind: old.kind, body: old.body, secrets: old.secrets, tag: backTag(request.requestId) },
    async () => (await replaceAttachmentRequest(ledger, stored, { tries: request.tries + 1 })) !== null,
  );
  switch (sent.kind) {
    case 'accepted':
      return { change: { askedAt: clock.now() }, againAt: clock.now() + lookAgainMs };
    case 'wait':
      return { change: {}, againAt: sent.until };
    case 'refused': {
      const waitMs = againAfterMs[request.tries];
      if (waitMs === undefined) return stuck(sent.message);
      return { change: {}, againAt: clock.now() + waitMs };
    }
  }
}
