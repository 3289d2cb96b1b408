import { isOver, nextLives } from '../../core/findings/life.ts';
import { lookOf } from '../../core/findings/rule.ts';
import { aboutKey, type FindingLook, type FindingRecord } from '../../core/findings/types.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import type { Attachment } from '../../core/targets/attachment.ts';
import { duplicatesAmong } from '../../core/targets/attachment-duplicates.ts';
import { attachmentFindings, attachmentResults } from '../../core/targets/attachment-look.ts';
import type { SeenAttachment } from '../../ledger/attachment-index.ts';
import { readOpenFindings, writeFindings } from '../../ledger/findings.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import { tellFindings } from '../findings/tell-findings.ts';
import type { Flow } from '../flow.ts';
import type { LoadedPolicy } from '../policy-store.ts';

export const attachmentSubject = ({ ref, kind, tags }: Attachment): PolicySubject => ({
  subscription: ref.subscriptionId,
  workspace: ref.workspace,
  compute: ref.compute,
  kind,
  // Azure does not say whose an attachment is.
  user: [],
  teams: [],
  vmSize: null,
  family: null,
  gpu: null,
  tags,
});

/** Nothing is wrong any more with what is not there. */
export const goneLook = (ref: ComputeRef): FindingLook => ({
  about: { kind: 'compute', ref },
  covers: attachmentFindings,
  broken: [],
  unknown: [],
});

/** What the rules say of `about`, in the fleet as it was seen; of what the policy switches off they say nothing. */
export function attachmentLooks(
  fleet: readonly SeenAttachment[],
  about: readonly SeenAttachment[],
  { policy, hash }: LoadedPolicy,
  now: number,
): readonly FindingLook[] {
  const duplicates = duplicatesAmong(fleet);
  return about.flatMap((attachment) => {
    if (policyFor(policy, hash, attachmentSubject(attachment), now).mode === 'off') return [];
    const remedy = policy.attachments.duplicate[attachment.kind];
    const results = attachmentResults(attachment, duplicates.get(computeKey(attachment.ref)) ?? null, {
      deny: policy.attachments.deny,
      remedy,
    });
    return [lookOf({ kind: 'compute', ref: attachment.ref }, null, results)];
  });
}

/** Raises, tells and ends findings about attachments by these looks. Returns those that stand. */
export async function settleAttachmentFindings(
  flow: Flow,
  looks: readonly FindingLook[],
): Promise<readonly FindingRecord[]> {
  const { ledger, clock } = flow.ports;
  const byPartition = new Map<string, { readonly ref: ComputeRef; readonly looks: FindingLook[] }>();
  for (const look of looks) {
    if (look.about.kind !== 'compute') continue;
    const { ref } = look.about;
    const entry = byPartition.get(partitionOf(ref)) ?? { ref, looks: [] };
    entry.looks.push(look);
    byPartition.set(partitionOf(ref), entry);
  }
  const standing: FindingRecord[] = [];
  for (const [partition, entry] of byPartition) {
    const open = await readOpenFindings(ledger, entry.ref);
    const now = clock.now();
    const steps = entry.looks.flatMap((look) => {
      const key = aboutKey(look.about);
      const own = open.map(({ record }) => record).filter(({ about }) => aboutKey(about) === key);
      const covered = new Set<string>(look.covers);
      return nextLives(look, own, now).filter(({ record }) => covered.has(record.code));
    });
    if (steps.length === 0) continue;
    const records = await tellFindings(flow, steps);
    const settled = records.map((record, index) => ({
      record,
      over: isOver(record, steps[index]?.tell ?? null),
    }));
    await writeFindings(ledger, partition, settled, open);
    standing.push(...records.filter(({ fixedAt }) => fixedAt === null));
  }
  return standing;
}
