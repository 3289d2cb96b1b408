import {
  type AttachmentRequest,
  isUnderWay,
  readAttachmentRequest,
  replaceAttachmentRequest,
  type StoredAttachmentRequest,
} from '../../ledger/attachment-requests.ts';
import { leaveResource } from '../../ledger/attachment-claims.ts';
import type { Flow } from '../flow.ts';
import { Throttled } from '../throttled.ts';
import { stepAttaching } from './step-attaching.ts';
import { stepChecking } from './step-checking.ts';
import { stepDetaching } from './step-detaching.ts';
import { stepPuttingBack } from './step-putting-back.ts';

/** What one step came to: a change of the request, and when to go on; `null` time: at once. */
export type Step = { readonly change: Partial<AttachmentRequest>; readonly againAt: number | null };

export type SteppedRequest =
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'ended'; readonly status: string };

const againOnConflictMs = 5_000;

async function stepOf(flow: Flow, stored: StoredAttachmentRequest): Promise<Step> {
  switch (stored.request.status) {
    case 'checking':
      return stepChecking(flow, stored.request);
    case 'detaching':
      return stepDetaching(flow, stored.request);
    case 'attaching':
      return stepAttaching(flow, stored);
    case 'putting-back':
      return stepPuttingBack(flow, stored);
    case 'attached':
    case 'detached':
    case 'refused':
    case 'failed':
    case 'put-back':
    case 'needs-person':
      return { change: {}, againAt: null };
  }
}

/**
 * Does what is next for a request. Everything is read anew, from the ledger and from Azure, so that a step may be done
 * twice, or by a process that knows nothing of the one before.
 */
export async function stepRequest(flow: Flow, requestId: string): Promise<SteppedRequest> {
  const { ledger, clock } = flow.ports;
  const stored = await readAttachmentRequest(ledger, requestId);
  if (stored === null) return { kind: 'ended', status: 'missing' };
  if (!isUnderWay(stored.request.status)) return { kind: 'ended', status: stored.request.status };
  let step: Step;
  try {
    step = await stepOf(flow, stored);
  } catch (thrown) {
    if (!(thrown instanceof Throttled)) throw thrown;
    return { kind: 'wait', until: thrown.retryAt };
  }
  const now = clock.now();
  // A step that writes to Azure has changed the row before it did: what it says now goes on from there.
  const current = await readAttachmentRequest(ledger, requestId);
  if (current === null || current.request.status !== stored.request.status) {
    return { kind: 'wait', until: now + againOnConflictMs };
  }
  const next = step.change.status ?? stored.request.status;
  const ends = !isUnderWay(next);
  const written = await replaceAttachmentRequest(ledger, current, {
    ...step.change,
    ...(next === stored.request.status ? {} : { sinceAt: now, askedAt: null, tries: 0 }),
    updatedAt: now,
    ...(ends ? { endedAt: now } : {}),
  });
  if (written === null) return { kind: 'wait', until: now + againOnConflictMs };
  if (!ends) return { kind: 'wait', until: step.againAt ?? now };
  for (const claim of written.request.claims) await leaveResource(ledger, claim, requestId);
  return { kind: 'ended', status: next };
}
