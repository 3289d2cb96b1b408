import { z } from 'zod';
import { isAdmin, nameOf } from '../../../auth/caller.ts';
import {
  type PendingPolicy,
  readCurrentPolicy,
  readPendingPolicy,
  readPolicyText,
} from '../../../ledger/policies.ts';
import { approvePolicy } from '../../../fleet/approve-policy.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import {
  computeAddress,
  formatVersion,
  instant,
  instantOf,
  instantOrNull,
} from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

const pendingView = z.object({
  hash: z.string(),
  insteadOf: z.string(),
  at: instant,
  limit: z.number().int(),
  count: z.number().int().meta({ description: 'How many computes it would newly warn' }),
  computes: z.array(computeAddress).meta({ description: 'The first hundred of them; only admins see them' }),
  text: z.string().nullable(),
  approvedBy: z.string().nullable(),
  approvedAt: instant.nullable(),
});
const policyView = z.object({
  formatVersion,
  hash: z.string().nullable().meta({ description: 'Null: no policy has been accepted yet' }),
  sinceAt: instant.nullable(),
  approvedBy: z.string().nullable(),
  text: z.string().nullable(),
  pending: pendingView.nullable(),
});

const pendingViewOf = (
  pending: PendingPolicy,
  text: string | null,
  forAdmin: boolean,
): z.infer<typeof pendingView> => ({
  hash: pending.hash,
  insteadOf: pending.insteadOf,
  at: instantOf(pending.at),
  limit: pending.limit,
  count: pending.count,
  computes: forAdmin ? pending.shown.map(addressOf) : [],
  text,
  approvedBy: pending.approvedBy,
  approvedAt: instantOrNull(pending.approvedAt),
});

/** The policy that decides, the one that waits for an admin, and the admin's approval of exactly that text. */
export const policy = ({ ports, settings }: AppDoors): readonly Route[] => [
  route(
    {
      name: 'httpPolicyRead',
      method: 'GET',
      path: 'policy',
      access: 'signed-in',
      summary: 'The policy in force, and a changed one that waits for approval',
      answers: { status: 200, schema: policyView },
    },
    async ({ caller }) => {
      const [current, stored] = await Promise.all([
        readCurrentPolicy(ports.ledger),
        readPendingPolicy(ports.ledger),
      ]);
      const [text, pendingText] = await Promise.all([
        current === null ? null : readPolicyText(ports.ledger, current.hash),
        stored === null ? null : readPolicyText(ports.ledger, stored.pending.hash),
      ]);
      return answer(200, {
        formatVersion: 1,
        hash: current?.hash ?? null,
        sinceAt: instantOrNull(current?.sinceAt),
        approvedBy: current?.approvedBy ?? null,
        text,
        pending: stored === null ? null : pendingViewOf(stored.pending, pendingText, isAdmin(caller)),
      });
    },
  ),
  route(
    {
      name: 'httpPolicyApprove',
      method: 'POST',
      path: 'policy/approvals/{hash}',
      access: 'admin',
      summary: 'Approves the changed policy with this hash; it takes effect with the next sweep',
      params: z.object({ hash: z.string().regex(/^[0-9a-f]{8,64}$/, 'is not the hash of a policy') }),
      answers: { status: 200, schema: pendingView.extend({ formatVersion }) },
    },
    async ({ params, caller }) => {
      const flow = { ports, scope: settings.scope };
      const approved = await approvePolicy(flow, params.hash, nameOf(caller));
      const text = await readPolicyText(ports.ledger, params.hash);
      return answer(200, { formatVersion: 1, ...pendingViewOf(approved, text, true) });
    },
  ),
];
