import type { Compute } from '../../core/computes.ts';
import { computeKey, type WorkspaceRef } from '../../core/ids.ts';
import {
  readAttachmentIndex,
  readWorkspaceAttachments,
  writeWorkspaceAttachments,
} from '../../ledger/attachment-index.ts';
import type { Flow } from '../flow.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { beginRemedies } from './begin-remedies.ts';
import { wantedDetaches } from './due-remedies.ts';
import { seeAttachments } from './see-attachments.ts';
import { attachmentLooks, goneLook, settleAttachmentFindings } from './settle-findings.ts';

/**
 * Notes what a sweep's list of one workspace shows, so that the whole fleet's can be compared when all are there.
 * Nothing is wrong any more with what is attached no more.
 */
export async function noteAttachments(
  flow: Flow,
  { subscriptionId, resourceGroup, workspace }: WorkspaceRef,
  computes: readonly Compute[],
  { policy }: LoadedPolicy,
  now: number,
): Promise<void> {
  const { ledger } = flow.ports;
  const ref = { subscriptionId, resourceGroup, workspace };
  const before = await readWorkspaceAttachments(ledger, ref);
  // A look that an event brought forward came after this list.
  if (before !== null && before.value.seenAt > now) return;
  const known = before?.value.attachments ?? [];
  if (known.length === 0 && computes.length === 0) return;
  const attachments = await seeAttachments(flow, computes, known, policy.attachments.deny, now);
  const unchanged = JSON.stringify(attachments) === JSON.stringify(known);
  const dayMs = 86_400_000;
  if (unchanged && now - (before?.value.seenAt ?? 0) < dayMs) return;
  // Somebody who looked after this list was made knows better; the next sweep lists anew.
  if (!(await writeWorkspaceAttachments(ledger, before, { ref, seenAt: now, attachments }))) return;
  const there = new Set(attachments.map((one) => computeKey(one.ref)));
  const gone = known.filter((one) => !there.has(computeKey(one.ref)));
  await settleAttachmentFindings(
    flow,
    gone.map((one) => goneLook(one.ref)),
  );
}

/** Compares the attachments of all workspaces: what breaks a rule becomes a finding, what no longer does is fixed. */
export async function reviewAttachments(
  flow: Flow,
  policy: LoadedPolicy,
  client: DurableStarter | null,
): Promise<void> {
  const now = flow.ports.clock.now();
  const index = await readAttachmentIndex(flow.ports.ledger);
  const fleet = [...index.values()].flatMap(({ value }) => value.attachments);
  if (fleet.length === 0) return;
  const standing = await settleAttachmentFindings(flow, attachmentLooks(fleet, fleet, policy, now));
  if (client !== null) await beginRemedies(flow, client, wantedDetaches(fleet, standing, policy, now), now);
}
