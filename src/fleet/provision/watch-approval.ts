import type { MachineRequest } from '../../ledger/requests.ts';
import { readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';
import { askApprovers } from './tell-request.ts';

export type WatchedApproval =
  | { readonly kind: 'waiting'; readonly nextAt: number }
  /** Approved, or never in need of approval. */
  | { readonly kind: 'granted' }
  /** Rejected, cancelled, expired, or carried out before. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'missing' };

const hourMs = 3_600_000;
const askAgainMs = 10 * 60_000;

const expired = (request: MachineRequest, now: number): Partial<MachineRequest> => ({
  status: 'expired',
  reason: 'expired',
  sentence: `Nobody decided within ${Math.round((now - request.requestedAt) / hourMs)} h, so the request has expired; ask again if you still need the machine.`,
  endedAt: now,
});

/** Asks, reminds, and ends what nobody decided. Whoever voted has written that into the ledger before. */
export async function watchApproval(
  flow: Flow,
  { requestId }: { readonly requestId: string },
): Promise<WatchedApproval> {
  const { ledger, clock } = flow.ports;
  const request = (await readRequest(ledger, requestId))?.request ?? null;
  if (request === null) return { kind: 'missing' };
  if (request.status === 'provisioning') return { kind: 'granted' };
  const { approval } = request;
  if (request.status !== 'awaiting-approval' || approval === null) return { kind: 'ended' };
  const now = clock.now();
  if (now >= approval.expiresAt) {
    const ended = await changeRequest(flow, requestId, (current) =>
      current.status === 'awaiting-approval' ? expired(current, now) : null,
    );
    return { kind: ended?.status === 'provisioning' ? 'granted' : 'ended' };
  }
  const isReminder = now >= approval.remindAt;
  const isDue = isReminder
    ? approval.remindedAt === null || approval.remindedAt < approval.remindAt
    : approval.remindedAt === null;
  const asked = !isDue || (await askApprovers(flow, request, isReminder));
  if (isDue && asked) {
    await changeRequest(flow, requestId, (current) =>
      current.approval === null ? null : { approval: { ...current.approval, remindedAt: now } },
    );
  }
  const nextAt = isReminder ? approval.expiresAt : approval.remindAt;
  return { kind: 'waiting', nextAt: asked ? nextAt : Math.min(now + askAgainMs, approval.expiresAt) };
}
