import type { Compute } from '../../core/computes.ts';
import { timeText } from '../../core/explain/time-text.ts';
import type { FailureCode } from '../../core/policy/codes.ts';
import { isSameInstance, type Recreation } from '../../core/provision/recreation.ts';
import { isHalted } from '../../ledger/flags.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import { markLeaving } from '../../ledger/reservations.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';
import { proveQuiet } from './prove-quiet.ts';
import { takeSnapshot } from './submit-recreation.ts';

export type RemovedOld =
  /** It is gone: the new one may be made. */
  | { readonly kind: 'gone' }
  /** Cancelled, or ended otherwise. */
  | { readonly kind: 'over' }
  | { readonly kind: 'wait'; readonly until: number; readonly message: string }
  | { readonly kind: 'halted'; readonly until: number; readonly message: string }
  /** Nothing has been deleted. */
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };

const againMs = 15_000;
/** Azure may take a moment to show that it deletes. */
const showsWithinMs = 60_000;
/** Somebody knew that nothing runs on it when they asked; of hours later, as after an approval, they said nothing. */
const wordHoldsMs = 2 * 3_600_000;

const failed = (code: FailureCode, message: string): RemovedOld => ({ kind: 'failed', code, message });

/**
 * Deletes the one instance that was asked for, after a look that says that it is that very one, that nobody uses it and
 * that it can be made again as it is. That, and that it is about to be deleted, is in the ledger before the call.
 */
export async function removeOld(
  flow: Flow,
  { requestId }: { readonly requestId: string },
): Promise<RemovedOld> {
  const { computes, ledger, clock } = flow.ports;
  const request = (await readRequest(ledger, requestId))?.request ?? null;
  const recreation = request?.recreation ?? null;
  if (request === null || recreation === null || request.status !== 'provisioning') return { kind: 'over' };
  if (recreation.goneAt !== null) return { kind: 'gone' };
  if (request.cancelled !== null) return { kind: 'over' };
  const now = clock.now();
  const wait = (message: string, until = now + againMs): RemovedOld => ({ kind: 'wait', until, message });

  const got = await computes.get(recreation.snapshot.ref);
  if (!got.ok) {
    if (got.kind === 'missing') {
      return recreation.deleteAskedAt === null
        ? failed('fail.changed', 'Somebody else has deleted it meanwhile.')
        : noteGone(flow, requestId);
    }
    return wait(faultOf(got).message, got.kind === 'throttled' ? got.retryAt : now + againMs);
  }
  if (!isSameInstance(recreation.old, got.value)) {
    if (recreation.deleteAskedAt === null) {
      return failed('fail.changed', 'Another instance bears its name now.');
    }
    // Ours, made by a step whose answer was lost, or somebody else's: making it finds out.
    return noteGone(flow, requestId);
  }
  if (isDeleting(got.value)) {
    return recreation.deleteAskedAt === null
      ? failed('fail.changed', 'Somebody else is deleting it.')
      : wait('It is being deleted.');
  }
  const askedAt = recreation.deleteAskedAt;
  if (askedAt !== null && now - askedAt < showsWithinMs) {
    return wait('Its deletion does not show yet.');
  }
  return deleteIt(flow, request, recreation, got.value);
}

const isDeleting = ({ state, provisioningState }: Compute): boolean =>
  state === 'Deleting' || provisioningState === 'Deleting';

const mayHaveWorked = (failure: AzureFailure): boolean =>
  failure.kind === 'unanswered' ||
  (failure.kind === 'failed' && (failure.status >= 500 || failure.status === 0));

async function noteGone(flow: Flow, requestId: string): Promise<RemovedOld> {
  const now = flow.ports.clock.now();
  await changeRequest(flow, requestId, ({ recreation }) =>
    recreation === null || recreation.goneAt !== null ? null : { recreation: { ...recreation, goneAt: now } },
  );
  return { kind: 'gone' };
}

async function deleteIt(
  flow: Flow,
  request: MachineRequest,
  recreation: Recreation,
  compute: Compute,
): Promise<RemovedOld> {
  const { ledger, clock, provisioning } = flow.ports;
  const { requestId } = request;
  const askedBefore = recreation.deleteAskedAt;
  const now = clock.now();
  const wait = (message: string, until = now + againMs): RemovedOld => ({ kind: 'wait', until, message });
  const proof = await proveQuiet(flow, compute.ref, recreation.quietForMs);
  switch (proof.kind) {
    case 'missing':
      return wait('It was there a moment ago.');
    case 'unreadable':
      return wait(proof.message, proof.retryAt);
    case 'unsettled':
      return wait(proof.message);
    case 'job':
    case 'active':
      return failed('fail.in-use', proof.message);
    case 'unknown':
      if (!recreation.acceptsUnknownUse) return failed('fail.in-use', proof.message);
      if (now - request.requestedAt > wordHoldsMs) {
        const said = `that nothing runs on it was said at ${timeText(request.requestedAt, now)}`;
        return failed('fail.in-use', `${proof.message} And ${said}: stop it, and send it again.`);
      }
      break;
    case 'quiet':
      break;
  }
  if (recreation.campaignId !== null && proof.guard !== null) {
    return failed('fail.in-use', `Nothing is done by itself: ${proof.guard}.`);
  }
  if (!isSameInstance(recreation.old, proof.compute))
    return failed('fail.changed', 'Another instance bears its name now.');
  const fresh = await takeSnapshot(flow, proof.compute, {
    sshPublicKey: recreation.snapshot.sshPublicKey,
    tenantId: recreation.snapshot.tenantId,
  });
  const lost = fresh.losses.filter(({ what }) => !recreation.accepted.includes(what));
  if (fresh.machine === null || lost.length > 0) {
    const what = lost.map(({ detail }) => detail).join(' ') || 'Nobody owns it any more.';
    return failed('fail.changed', what);
  }
  const size = proof.compute.vmSize?.toLowerCase();
  if (size !== recreation.snapshot.vmSize.toLowerCase()) {
    return failed('fail.changed', `It is a ${proof.compute.vmSize ?? 'machine of no size'} now.`);
  }
  if (fresh.machine.assignedTo.objectId !== recreation.snapshot.assignedTo.objectId)
    return failed('fail.changed', 'It belongs to somebody else now.');
  if (await isHalted(ledger))
    return { kind: 'halted', until: now + againMs, message: 'Lamplighter is halted.' };

  const { vmSize, location, assignedTo } = recreation.snapshot;
  const snapshot = { ...fresh.machine, vmSize, location, assignedTo };
  const noted = await changeRequest(flow, requestId, (current) =>
    current.recreation === null ||
    current.status !== 'provisioning' ||
    current.cancelled !== null ||
    // The same step run twice has been faster: what is there now may be the new one.
    current.recreation.goneAt !== null ||
    current.recreation.deleteAskedAt !== askedBefore
      ? null
      : {
          machine: { ...snapshot, vmSize: current.machine?.vmSize ?? vmSize },
          recreation: {
            ...current.recreation,
            snapshot,
            snapshotAt: now,
            state: proof.compute.state ?? 'Unknown',
            imageVersion: fresh.imageVersion,
            deleteAskedAt: now,
          },
        },
  );
  if (noted?.recreation?.deleteAskedAt !== now) {
    const goesOn = noted !== null && noted.status === 'provisioning' && noted.cancelled === null;
    return goesOn ? wait('It has just been asked for.') : { kind: 'over' };
  }
  await markLeaving(ledger, requestId, now);
  const deleted = await provisioning.delete(compute.ref);
  if (deleted.ok || mayHaveWorked(deleted)) return wait('It is being deleted.');
  // Azure has said no. Of a try before whose answer was lost that says nothing: it may take effect still.
  await changeRequest(flow, requestId, (current) =>
    current.recreation?.deleteAskedAt === now
      ? { recreation: { ...current.recreation, deleteAskedAt: askedBefore } }
      : null,
  );
  const { message } = faultOf(deleted);
  switch (deleted.kind) {
    case 'throttled':
      return wait(message, deleted.retryAt);
    case 'conflict':
    case 'missing':
      return wait(message);
    case 'forbidden':
    case 'failed':
      return askedBefore === null ? failed('fail.delete', message) : wait(message);
    case 'unanswered':
      return wait(message);
  }
}
