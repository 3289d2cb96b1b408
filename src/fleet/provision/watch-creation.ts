import type { FailureCode } from '../../core/policy/codes.ts';
import { creationProgress } from '../../core/provision/creation-progress.ts';
import { carriesRequest } from '../../core/provision/machine.ts';
import { readRequest } from '../../ledger/requests.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';

export type WatchedCreation =
  | { readonly kind: 'made' }
  | { readonly kind: 'over' }
  | { readonly kind: 'not-yet'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly retryAt: number; readonly message: string }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };

const againMs = 15_000;
/** A machine may take a moment to show after its creation was accepted. */
const showsWithinMs = 2 * 60_000;

const gone: WatchedCreation = {
  kind: 'failed',
  code: 'fail.create',
  message: 'Somebody deleted or replaced it while it was being made.',
};

/** How far the machine is. A request that was cancelled meanwhile is over, whatever the machine does. */
export async function watchCreation(
  flow: Flow,
  { requestId }: { readonly requestId: string },
): Promise<WatchedCreation> {
  const { computes, ledger, clock } = flow.ports;
  const request = (await readRequest(ledger, requestId))?.request ?? null;
  if (request?.status === 'completed') return { kind: 'made' };
  if (request === null || request.status !== 'provisioning' || request.machine === null)
    return { kind: 'over' };
  if (request.cancelled !== null) return { kind: 'over' };
  const got = await computes.get(request.machine.ref);
  const now = clock.now();
  if (!got.ok) {
    if (got.kind === 'missing') {
      const isNew = request.acceptedAt === null || now - request.acceptedAt < showsWithinMs;
      return isNew ? { kind: 'not-yet', message: 'Azure does not show it yet.' } : gone;
    }
    const retryAt = got.kind === 'throttled' ? got.retryAt : now + againMs;
    return { kind: 'unreadable', retryAt, message: faultOf(got).message };
  }
  if (!carriesRequest(got.value.tags, requestId)) return gone;
  const progress = creationProgress(got.value);
  switch (progress.kind) {
    case 'made':
      await changeRequest(flow, requestId, (current) =>
        current.runningAt === null ? { runningAt: now } : null,
      );
      return { kind: 'made' };
    case 'not-yet':
      return { kind: 'not-yet', message: `It is still ${progress.state}.` };
    case 'failed':
      return progress;
  }
}
