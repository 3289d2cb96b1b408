import type { OrchestrationContext, Task } from 'durable-functions';
import type { SteppedRequest } from '../fleet/attachments/step-request.ts';
import { callPatiently } from './call-patiently.ts';
import { activities } from './names.ts';
import { minuteMs, nowOf, secondMs } from './time.ts';
import { waitUntil } from './wait-until.ts';

/** The request is in the ledger: no name, no secret and no body of it is in the workflow. */
export type AttachmentInput = { readonly requestId: string };
export type AttachmentOutput = { readonly requestId: string; readonly status: string };

const patienceMs = 48 * 60 * minuteMs;
/** A Retry-After beyond this is not believed. */
const longestWaitMs = 60 * minuteMs;

/** Attach, detach or re-attach: step by step, with durable timers in between, until the request has ended. */
export function* attachment(context: OrchestrationContext): Generator<Task, AttachmentOutput, unknown> {
  const { requestId } = context.df.getInput<AttachmentInput>();
  const giveUpAt = nowOf(context) + patienceMs;
  for (;;) {
    const stepped = yield* callPatiently<SteppedRequest>(
      context,
      activities.stepAttachment,
      { requestId },
      giveUpAt,
    );
    if (stepped.kind === 'ended') return { requestId, status: stepped.status };
    const now = nowOf(context);
    if (now > giveUpAt) return { requestId, status: 'given-up' };
    if (stepped.until > now)
      yield* waitUntil(context, Math.min(Math.max(stepped.until, now + secondMs), now + longestWaitMs));
  }
}
