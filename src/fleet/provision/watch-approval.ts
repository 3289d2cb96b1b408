import { approvalDue } from '../../core/provision/approval-stages.ts';
import { expiredText } from '../../core/provision/request-text.ts';
import { type MachineRequest, readRequest, type RequestApproval } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';
import { askApprovers, tellEscalated, type Telling } from './tell-request.ts';

export type WatchedApproval =
  | { readonly kind: 'waiting'; readonly nextAt: number }
  /** Approved, or never in need of approval. */
  | { readonly kind: 'granted' }
  /** Rejected, cancelled, expired, or carried out before. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'missing' };

const askAgainMs = 10 * 60_000;

const expired = (request: MachineRequest, now: number): Partial<MachineRequest> => ({
  status: 'expired',
  reason: 'expired',
  sentence: expiredText(request.votes.length, request.approval?.approvers ?? 1, now - request.requestedAt),
  endedAt: now,
});

/** What is to be told now: the stage that is due, or that another yes is needed after one. Null: nothing. */
function tellingDue(request: MachineRequest, approval: RequestApproval, now: number): Telling | null {
  const { due } = approvalDue(approval, approval.told, now);
  const votes = request.votes.length;
  if (due !== null) return { stage: due, votes };
  return votes > approval.toldOfVotes ? { stage: 'ask', votes } : null;
}

async function tell(flow: Flow, request: MachineRequest, telling: Telling): Promise<boolean> {
  const asked = await askApprovers(flow, request, telling);
  // Both carry ids of their own, so that telling one again when the other failed is seen as the same.
  return telling.stage === 'escalation' ? (await tellEscalated(flow, request)) && asked : asked;
}

/** Asks, reminds, escalates, and ends what nobody decided. Whoever voted has written that into the ledger before. */
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
  const { nextAt } = approvalDue(approval, approval.told, now);
  const telling = tellingDue(request, approval, now);
  if (telling === null) return { kind: 'waiting', nextAt };
  if (!(await tell(flow, request, telling))) {
    return { kind: 'waiting', nextAt: Math.min(now + askAgainMs, approval.expiresAt) };
  }
  await changeRequest(flow, requestId, (current) => {
    if (current.approval === null) return null;
    const { due } = approvalDue(approval, approval.told, now);
    const told = due ?? current.approval.told;
    return {
      approval: { ...current.approval, told, toldOfVotes: telling.votes },
      tellings: current.tellings + 1,
    };
  });
  return { kind: 'waiting', nextAt };
}
