import { claimResource } from '../../ledger/attachment-claims.ts';
import type { AttachmentRefusal, AttachmentRequest } from '../../ledger/attachment-requests.ts';
import type { Flow } from '../flow.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import { checkRequest } from './check-request.ts';
import type { Step } from './step-request.ts';

const againMs = 30_000;
/** So long a request waits for an Azure that cannot be read. */
const patienceMs = 60 * 60_000;
/** Longer than any attach with its tries takes. */
const claimedForMs = 26 * 3_600_000;

export const refusedStep = (refusals: readonly AttachmentRefusal[]): Step => ({
  change: {
    status: 'refused',
    refusals,
    reason: refusals[0]?.code ?? null,
    sentence: `Refused: ${refusals.map(({ detail }) => detail).join(' ')}`,
  },
  againAt: null,
});

/** Holds the request against the rules; what passes is claimed, so that no other request attaches the same meanwhile. */
export async function stepChecking(flow: Flow, request: AttachmentRequest): Promise<Step> {
  const { ledger, clock } = flow.ports;
  // What the file denies since the last sweep is denied at once.
  const policies = await policiesForStop(flow);
  const deny = policies.flatMap(({ policy }) => policy.attachments.deny);
  const checked = await checkRequest(flow, request, deny);
  const now = clock.now();
  switch (checked.kind) {
    case 'refused':
      return refusedStep(checked.refusals);
    case 'failed':
      return {
        change: { status: 'failed', reason: checked.reason, sentence: checked.sentence },
        againAt: null,
      };
    case 'unreadable':
      if (now - request.requestedAt < patienceMs) return { change: {}, againAt: now + againMs };
      return {
        change: {
          status: 'failed',
          reason: 'fail.timeout',
          sentence: `Azure could not be read for an hour: ${checked.message}`,
        },
        againAt: null,
      };
    case 'passed':
      break;
  }
  for (const claim of checked.claims) {
    if (await claimResource(ledger, claim, request.requestId, now, now + claimedForMs)) continue;
    return refusedStep([
      {
        code: 'refuse.attachment.duplicate',
        detail: 'Another request is attaching the same resource at this moment.',
      },
    ]);
  }
  const { wanted, old, claims } = checked;
  const status = request.operation === 'attach' ? 'attaching' : 'detaching';
  return { change: { status, wanted, old, claims, sentence: 'The checks have passed.' }, againAt: null };
}
