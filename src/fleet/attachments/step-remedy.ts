import { computeKey, type ComputeRef } from '../../core/ids.ts';
import { formatDuration } from '../../core/policy/duration.ts';
import { type Attachment, attachmentOf } from '../../core/targets/attachment.ts';
import { duplicatesAmong } from '../../core/targets/attachment-duplicates.ts';
import { readAttachmentIndex } from '../../ledger/attachment-index.ts';
import { readHalt } from '../../ledger/flags.ts';
import {
  type DetachRemedy,
  readRemedy,
  type StoredRemedy,
  writeRemedy,
} from '../../ledger/attach-remedies.ts';
import { readOpenFinding } from '../../ledger/findings.ts';
import { readSnooze } from '../../ledger/snoozes.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import type { LoadedPolicy } from '../policy-store.ts';
import { reconcileAttachment } from '../reconcile/reconcile-attachment.ts';
import { heldByRemedyLimit } from '../remedy-limit.ts';
import { deliver, pagePathOf } from '../tell.ts';
import { mayDetach, sideToDetach } from './due-remedies.ts';
import { proveUnused } from './prove-unused.ts';

export type SteppedRemedy =
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'ended'; readonly status: string };

const lookAgainMs = 15_000;
const tellAgainMs = 10 * 60_000;
const haltedAgainMs = 60_000;
/** How soon an admin's release is seen. */
const heldAgainMs = 5 * 60_000;
/** Detaching takes a minute; longer than this and a person has to look. */
const patienceMs = 30 * 60_000;
/** How long a detach whose proof cannot be read, or that something stands in the way of, is tried. */
const unprovenForMs = 4 * 3_600_000;
const unprovenAgainMs = 15 * 60_000;

/**
 * The next step of taking off an attachment that breaks another, or is broken by it: notice, then a look at everything
 * anew, then the call. It is detached only if the policy of this moment still says so, and nothing uses it.
 */
export async function stepRemedy(flow: Flow, ref: ComputeRef): Promise<SteppedRemedy> {
  const { ledger, clock } = flow.ports;
  const stored = await readRemedy(ledger, ref);
  if (stored === null || stored.remedy.endedAt !== null) {
    return { kind: 'ended', status: stored?.remedy.status ?? 'missing' };
  }
  const now = clock.now();
  const [inForce, ...proposed] = await policiesForStop(flow);
  if (inForce === undefined) return { kind: 'wait', until: now + lookAgainMs };
  const policies = [inForce, ...proposed];
  const { remedy } = stored;
  if (remedy.askedAt !== null) return confirm(flow, stored, inForce);
  const dueAt = remedy.dueAt ?? (remedy.noticeAt ?? remedy.begunAt) + inForce.policy.idle.warnMs;
  const isDue = remedy.dueAt !== null && now >= remedy.dueAt;
  // Whoever would be told of it waits as well as the detach itself.
  if (remedy.noticeAt === null || isDue) {
    const rules = policies.map(({ policy }) => policy);
    if (await heldByRemedyLimit(flow, { ref, dueAt }, rules)) return holdOn(flow, stored);
  }
  if (remedy.noticeAt === null) return giveNotice(flow, stored, inForce);
  if (remedy.dueAt === null) {
    const dueAt = remedy.noticeAt + inForce.policy.idle.warnMs;
    const written = await writeRemedy(ledger, stored, { ...remedy, dueAt });
    return { kind: 'wait', until: written === null ? now + lookAgainMs : dueAt };
  }
  if (now < remedy.dueAt) return { kind: 'wait', until: remedy.dueAt };
  return lookAgain(flow, stored, policies);
}

/** One that is no longer wanted does not wait for an admin's word. */
async function holdOn(flow: Flow, stored: StoredRemedy): Promise<SteppedRemedy> {
  const seen = await seeAgain(flow, stored.remedy.ref);
  if (seen.kind === 'gone') return end(flow, stored, 'withdrawn', 'It is attached no more.');
  const why = seen.kind === 'seen' ? await whyNot(flow, stored, seen, await policiesForStop(flow)) : null;
  if (why !== null) return end(flow, stored, 'withdrawn', why);
  const now = flow.ports.clock.now();
  const againMs = now - stored.remedy.begunAt < 2 * 3_600_000 ? heldAgainMs : 6 * heldAgainMs;
  return { kind: 'wait', until: now + againMs };
}

async function end(
  flow: Flow,
  stored: StoredRemedy,
  status: Exclude<DetachRemedy['status'], 'open'>,
  why: string,
): Promise<SteppedRemedy> {
  const now = flow.ports.clock.now();
  const written = await writeRemedy(flow.ports.ledger, stored, {
    ...stored.remedy,
    status,
    why,
    endedAt: now,
  });
  return written === null ? { kind: 'wait', until: now + lookAgainMs } : { kind: 'ended', status };
}

async function giveNotice(
  flow: Flow,
  stored: StoredRemedy,
  { policy }: LoadedPolicy,
): Promise<SteppedRemedy> {
  const { ledger, clock } = flow.ports;
  const { remedy } = stored;
  const { ref, later } = remedy;
  const delivery = await deliver(flow, {
    id: `remedy-${remedy.remedyId}`,
    kind: 'finding',
    to: null,
    compute: ref,
    title: `${ref.compute} will be detached from ${ref.workspace}`,
    sentence: `${ref.compute} points at the same resource as another attachment (see ${later.compute} in ${later.workspace}); it is detached in ${formatDuration(policy.idle.warnMs)} unless something uses it or the policy changes. What it points at stays.`,
    links: [{ label: 'Look at it', path: pagePathOf(ref) }],
  });
  const now = clock.now();
  if (!delivery.accepted) return { kind: 'wait', until: delivery.retryAt ?? now + tellAgainMs };
  const dueAt = now + policy.idle.warnMs;
  const written = await writeRemedy(ledger, stored, { ...remedy, noticeAt: now, dueAt });
  return { kind: 'wait', until: written === null ? now + lookAgainMs : dueAt };
}

type Seen = { readonly kind: 'seen'; readonly fleet: readonly Attachment[]; readonly own: Attachment };

/** Everything that shares the resource, read from Azure this moment. */
async function seeAgain(
  flow: Flow,
  ref: ComputeRef,
): Promise<Seen | { readonly kind: 'gone' } | { readonly kind: 'unread'; readonly message: string }> {
  const index = [...(await readAttachmentIndex(flow.ports.ledger)).values()].flatMap(
    ({ value }) => value.attachments,
  );
  const known = index.find((one) => computeKey(one.ref) === computeKey(ref));
  const same = index.filter((one) => known !== undefined && one.key === known.key);
  const fleet: Attachment[] = [];
  for (const one of same) {
    const got = await flow.ports.computes.get(one.ref);
    if (!got.ok) {
      if (got.kind !== 'missing') return { kind: 'unread', message: faultOf(got).message };
      continue;
    }
    const attachment = attachmentOf(got.value);
    // One that is being taken off by somebody else is as good as gone.
    if (attachment !== null && got.value.provisioningState?.toLowerCase() !== 'deleting')
      fleet.push(attachment);
  }
  const own = fleet.find((one) => computeKey(one.ref) === computeKey(ref));
  return own === undefined ? { kind: 'gone' } : { kind: 'seen', fleet, own };
}

/** Why it is not to be detached after all; null: it is. */
async function whyNot(
  flow: Flow,
  { remedy }: StoredRemedy,
  { fleet, own }: Seen,
  policies: readonly LoadedPolicy[],
): Promise<string | null> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const duplicates = [...duplicatesAmong(fleet).values()];
  const isWanted = (policy: LoadedPolicy): boolean =>
    mayDetach(own, policy, now) &&
    duplicates.some((one) =>
      sideToDetach(one, policy).some((side) => computeKey(side.ref) === computeKey(own.ref)),
    );
  if (!policies.every(isWanted))
    return 'The policy, or what is attached, is no longer such that it is to be detached.';
  const finding = await readOpenFinding(ledger, 'attachment.duplicate', {
    kind: 'compute',
    ref: remedy.later,
  });
  const accepted = finding?.record.accepted ?? null;
  if (accepted !== null && now < accepted.until) return 'Somebody has accepted the finding.';
  return (await readSnooze(ledger, own.ref, now)) === null ? null : 'It is snoozed.';
}

async function lookAgain(
  flow: Flow,
  stored: StoredRemedy,
  policies: readonly LoadedPolicy[],
): Promise<SteppedRemedy> {
  const { ledger, clock, attachments } = flow.ports;
  const { remedy } = stored;
  const now = clock.now();
  const overdueMs = now - (remedy.dueAt ?? now);
  const later = async (why: string): Promise<SteppedRemedy> =>
    overdueMs >= unprovenForMs
      ? end(flow, stored, 'refused', why)
      : { kind: 'wait', until: now + unprovenAgainMs };

  const seen = await seeAgain(flow, remedy.ref);
  if (seen.kind === 'gone') return end(flow, stored, 'withdrawn', 'It is attached no more.');
  if (seen.kind === 'unread') return later(seen.message);
  const why = await whyNot(flow, stored, seen, policies);
  if (why !== null) return end(flow, stored, 'withdrawn', why);
  const proof = await proveUnused(flow, remedy.ref, seen.own.kind);
  if (proof.kind === 'used') return later(`It is in use: ${proof.by}.`);
  if (proof.kind === 'unread') return later(`Whether something uses it cannot be read: ${proof.message}`);

  const asked = await writeRemedy(ledger, stored, {
    ...remedy,
    askedAt: clock.now(),
    why: 'Nothing uses it.',
  });
  if (asked === null) return { kind: 'wait', until: now + lookAgainMs };
  if ((await readHalt(ledger))?.halted === true) {
    await writeRemedy(ledger, asked, { ...asked.remedy, askedAt: null });
    return { kind: 'wait', until: clock.now() + haltedAgainMs };
  }
  const answer = await attachments.detach(remedy.ref);
  if (answer.ok || answer.kind === 'unanswered') return { kind: 'wait', until: clock.now() + lookAgainMs };
  await writeRemedy(ledger, asked, { ...asked.remedy, askedAt: null, why: faultOf(answer).message });
  if (answer.kind === 'throttled') return { kind: 'wait', until: answer.retryAt };
  return overdueMs >= unprovenForMs
    ? end(flow, (await readRemedy(ledger, remedy.ref)) ?? asked, 'failed', faultOf(answer).message)
    : { kind: 'wait', until: clock.now() + unprovenAgainMs };
}

/** Accepted is not detached: reads the compute until it is gone, and then what that mends. */
async function confirm(flow: Flow, stored: StoredRemedy, policy: LoadedPolicy): Promise<SteppedRemedy> {
  const { clock, computes, ledger } = flow.ports;
  const { remedy } = stored;
  const got = await computes.get(remedy.ref);
  const now = clock.now();
  if (!got.ok && got.kind === 'missing') {
    await reconcileAttachment(flow, remedy.ref, null, policy, null);
    const other = await computes.get(remedy.later);
    const isOther = computeKey(remedy.later) !== computeKey(remedy.ref) && other.ok;
    if (isOther) await reconcileAttachment(flow, remedy.later, other.value, policy, null);
    return end(flow, stored, 'detached', remedy.why);
  }
  if (now - (remedy.askedAt ?? now) > patienceMs) {
    return end(flow, stored, 'failed', 'It was asked to be detached and is still there.');
  }
  const deleting = got.ok && got.value.provisioningState?.toLowerCase() === 'deleting';
  // The answer to the call was lost, and it had no effect: everything is looked at again before it is made once more.
  if (got.ok && !deleting && now - (remedy.askedAt ?? now) > 2 * lookAgainMs) {
    await writeRemedy(ledger, stored, { ...remedy, askedAt: null });
  }
  return { kind: 'wait', until: now + lookAgainMs };
}
