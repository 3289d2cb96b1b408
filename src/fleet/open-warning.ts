import { explain } from '../core/explain/explain.ts';
import { held } from '../core/idle/decide.ts';
import type { Decision } from '../core/idle/types.ts';
import type { ScheduledStop } from '../core/schedule/stop-claims.ts';
import { readNewestBatch } from '../ledger/batches.ts';
import { type Candidate, readCandidate } from '../ledger/candidates.ts';
import { recordDecision } from '../ledger/decisions.ts';
import { isHalted } from '../ledger/flags.ts';
import { placeOf } from '../ledger/partitions.ts';
import { readSnooze } from '../ledger/snoozes.ts';
import { readLatestSweep } from '../ledger/sweeps.ts';
import { insertWarning, readOpenWarning, replaceWarning, type StoredWarning } from '../ledger/warnings.ts';
import type { StopInput } from '../workflows/stop.ts';
import type { Flow } from './flow.ts';
import { linkFor } from './link-for.ts';
import { deliverAboutWarning, readerOf } from './deliver-about-warning.ts';
import { alertOnce, pagePathOf } from './tell.ts';
import { endWarningWith, findClosedWarning } from './withdraw-warning.ts';

export type OpenedWarning =
  | { readonly kind: 'open'; readonly stopDueAt: number }
  | { readonly kind: 'undelivered'; readonly retryAt: number }
  /** Withdrawn before anybody was told, or another warning is out, or the sweep's decision is too old to act on. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'given-up' };

/** What a sweep saw may be warned about so long; after that a newer sweep knows better. */
const freshForMs = 10 * 60_000;
const retryMs = [60_000, 120_000, 300_000, 600_000] as const;
const alertFromAttempt = 3;

/**
 * Opens the warning, if no other is out, and tells the owner. The time until the stop begins when the notifier accepted
 * the message; until then nothing can be stopped.
 */
export async function openWarning(flow: Flow, input: StopInput): Promise<OpenedWarning> {
  const { ledger, clock } = flow.ports;
  const candidate = await readCandidate(ledger, input.sweepId, input.ref);
  const stored = await readOpenWarning(ledger, input.ref, input.reason);
  if (stored !== null && stored.warning.warningId !== input.warningId) return { kind: 'closed' };
  if (stored !== null && stored.warning.stopDueAt !== null) {
    return { kind: 'open', stopDueAt: stored.warning.stopDueAt };
  }
  const now = clock.now();
  const held = (await isHalted(ledger)) || (await readSnooze(ledger, input.ref, now)) !== null;
  if (stored === null) {
    const tooOld = candidate === null || now - candidate.decision.at > freshForMs;
    const ended = (await findClosedWarning(flow, input.ref, input.warningId)) !== null;
    if (tooOld || ended || held) return { kind: 'closed' };
    const opened = await insert(flow, input, candidate);
    return opened === null ? { kind: 'closed' } : send(flow, opened, candidate.decision);
  }
  if (held) {
    await endWarningWith(flow, stored, { outcome: 'withdrawn', reason: 'keep.snoozed', tell: null });
    return { kind: 'closed' };
  }
  if (candidate === null) return { kind: 'given-up' };
  return send(flow, stored, candidate.decision);
}

async function insert(
  flow: Flow,
  input: StopInput,
  { decision, warnMs, startedAt }: Candidate,
): Promise<StoredWarning | null> {
  const { ledger, clock } = flow.ports;
  const latest = (await readLatestSweep(ledger))?.latest;
  const batch = (await readNewestBatch(ledger))?.batch;
  const { row } = placeOf(input.ref);
  await insertWarning(ledger, {
    ref: input.ref,
    warningId: input.warningId,
    reason: input.reason,
    owner: decision.owner,
    sweepId: input.sweepId,
    dueInSweep: (latest?.number ?? 0) + Math.ceil(warnMs / (latest?.everyMs ?? warnMs)),
    released: batch?.status === 'spent' && batch.spentBy === input.sweepId && batch.rows.includes(row),
    openedAt: clock.now(),
    warnMs,
    warnedAt: null,
    stopDueAt: null,
    deliveryAttempts: 0,
    undeliveredBecause: null,
    stopRequestedAt: null,
    stopAcceptedAt: null,
    stopAttempts: 0,
    startedAt,
    idleSinceAt: decision.facts.idleSinceAt ?? null,
    pricePerHourUsd: decision.pricePerHourUsd,
    schedule: scheduledStopOf(decision),
  });
  const stored = await readOpenWarning(ledger, input.ref, input.reason);
  return stored?.warning.warningId === input.warningId ? stored : null;
}

function scheduledStopOf({ reason, facts }: Decision): ScheduledStop | null {
  const { schedule, scheduledAt } = facts;
  if (reason !== 'warn.schedule' || schedule === undefined || scheduledAt === undefined) return null;
  return { name: schedule, stopAt: scheduledAt };
}

async function send(flow: Flow, stored: StoredWarning, decision: Decision): Promise<OpenedWarning> {
  const { ledger, clock } = flow.ports;
  const { warning } = stored;
  const now = clock.now();
  // Never before the schedule's own time; who could not be told in time keeps the whole time of the warning.
  const stopDueAt = Math.max(now + warning.warnMs, warning.schedule?.stopAt ?? 0);
  const announced: Decision = { ...decision, at: now, stopDueAt };
  const delivery = await deliverAboutWarning(flow, warning, {
    id: `warning-${warning.warningId}`,
    kind: 'warning',
    compute: warning.ref,
    title: `${warning.ref.compute} will be stopped`,
    sentence: explain(announced),
    links: [
      linkFor(flow, {
        label: 'Not now',
        otherwise: `${pagePathOf(warning.ref)}&do=snooze`,
        action: 'keep',
        subject: { kind: 'compute', ref: warning.ref, of: warning.warningId },
        person: readerOf(warning)?.objectId ?? null,
        expiresAt: stopDueAt,
      }),
      { label: 'Why?', path: pagePathOf(warning.ref) },
    ],
  });
  if (delivery.accepted) {
    const open = await replaceWarning(ledger, stored, {
      warnedAt: now,
      stopDueAt,
      deliveryAttempts: warning.deliveryAttempts + 1,
      undeliveredBecause: null,
    });
    // Withdrawn at this very moment: then its end is what stands.
    if (open === null) return { kind: 'closed' };
    await recordDecision(ledger, announced);
    return { kind: 'open', stopDueAt };
  }
  const attempts = warning.deliveryAttempts + 1;
  await replaceWarning(ledger, stored, { deliveryAttempts: attempts, undeliveredBecause: delivery.why });
  await recordDecision(
    ledger,
    held({ ...decision, at: now }, 'keep.warning-undelivered', { why: delivery.why }),
  );
  if (attempts >= alertFromAttempt) await escalate(flow, stored, delivery.why);
  const waitMs = retryMs[Math.min(attempts, retryMs.length) - 1] ?? retryMs[0];
  return { kind: 'undelivered', retryAt: Math.max(now + waitMs, delivery.retryAt ?? 0) };
}

const escalate = (flow: Flow, { warning }: StoredWarning, why: string): Promise<void> =>
  alertOnce(flow, {
    alertId: `undelivered-${warning.warningId}`,
    code: 'warning.undelivered',
    title: `${warning.ref.compute}: its owner cannot be warned`,
    sentence: `The warning for ${warning.ref.compute} in ${warning.ref.workspace} cannot be delivered (${why}), so it is not stopped; delivery is tried again.`,
  });
