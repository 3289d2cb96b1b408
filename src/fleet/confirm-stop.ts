import { explain } from '../core/explain/explain.ts';
import type { Compute } from '../core/computes.ts';
import { runningSince } from '../core/idle/running-since.ts';
import { readDecision } from '../ledger/decisions.ts';
import { openSaving, readSavings, type Saving } from '../ledger/savings.ts';
import { countInTally } from '../ledger/tallies.ts';
import { readOpenWarning, readOpenWarningsOf, type StoredWarning } from '../ledger/warnings.ts';
import type { AzureResult } from '../ports/azure.ts';
import type { StopInput } from '../workflows/stop.ts';
import { explainedFailure } from './ask-to-stop.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import { isRunning } from './readings.ts';
import { endWish } from './stop-after-job/keep-wish.ts';
import { endSavingAt, madeAnewAt } from './settle-savings.ts';
import { endWarningWith } from './withdraw-warning.ts';

export type StopConfirmation =
  | { readonly kind: 'stopped' }
  /** It was stopped, and somebody started it again before anybody looked. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'not-yet'; readonly stopping: boolean; readonly message: string }
  | { readonly kind: 'unreadable'; readonly retryAt: number; readonly message: string };

const againAfterMs = 60_000;

async function get(flow: Flow, input: StopInput): Promise<AzureResult<Compute>> {
  try {
    return await flow.ports.computes.get(input.ref);
  } catch (thrown) {
    return { ok: false, kind: 'failed', status: 0, ...faultOf(thrown) };
  }
}

/** Reads whether an accepted stop has come to its end, and writes down what it saves. */
export async function confirmStop(flow: Flow, input: StopInput): Promise<StopConfirmation> {
  const stored = await readOpenWarning(flow.ports.ledger, input.ref, input.reason);
  if (stored === null || stored.warning.warningId !== input.warningId) return { kind: 'closed' };
  const got = await get(flow, input);
  if (!got.ok) {
    if (got.kind === 'missing') {
      await endWarningWith(flow, stored, { outcome: 'gone', reason: 'deleted', tell: null });
      return { kind: 'gone' };
    }
    const soon = flow.ports.clock.now() + againAfterMs;
    const retryAt = got.kind === 'throttled' ? Math.max(got.retryAt, soon) : soon;
    return { kind: 'unreadable', retryAt, message: got.message };
  }
  const compute = got.value;
  const state = compute.state?.toLowerCase() ?? '';
  if (state === 'stopped') {
    await recordStop(flow, stored, compute, null);
    return { kind: 'stopped' };
  }
  const startedAt = runningSince(compute);
  const requestedAt = stored.warning.stopRequestedAt ?? stored.warning.openedAt;
  if (isRunning(compute.state) && startedAt !== null && startedAt > requestedAt) {
    await recordStop(flow, stored, compute, startedAt);
    return { kind: 'restarted' };
  }
  const said = compute.errors.join(' ');
  const text =
    said === '' ? `its state is ${compute.state ?? 'unknown'}, although the stop was accepted.` : said;
  return { kind: 'not-yet', stopping: state === 'stopping', message: explainedFailure(text) };
}

/** Saving and tally carry the warning's id, so that a step that runs twice counts once; the warning ends last. */
async function recordStop(
  flow: Flow,
  stored: StoredWarning,
  compute: Compute,
  startedAt: number | null,
): Promise<void> {
  const { ledger, clock } = flow.ports;
  const { warning } = stored;
  const now = clock.now();
  const decision = await readDecision(ledger, warning.ref);
  const stopped = decision?.action === 'stop' ? decision : null;
  const saving: Saving = {
    ref: warning.ref,
    warningId: warning.warningId,
    owner: warning.owner,
    vmSize: compute.vmSize ?? stopped?.vmSize ?? null,
    reason: warning.reason.replace('warn.', 'stop.'),
    stopRequestedAt: warning.stopRequestedAt ?? now,
    stoppedAt: now,
    pricePerHourUsd: warning.pricePerHourUsd,
    startedAt: null,
    regret: null,
    schedule: warning.schedule?.name ?? null,
  };
  await openSaving(ledger, saving);
  await countInTally(ledger, warning.ref, 'stops', warning.warningId, now);
  if (startedAt !== null) {
    const [open] = await readSavings(ledger, warning.ref, 1);
    const trigger = compute.lastOperation?.trigger?.toLowerCase() ?? 'user';
    if (open?.saving.warningId === warning.warningId) {
      const anewAt = madeAnewAt(compute, open.saving);
      await endSavingAt(flow, open, anewAt ?? startedAt, anewAt === null && trigger === 'user');
    }
  }
  for (const other of await readOpenWarningsOf(ledger, warning.ref)) {
    if (other.warning.warningId === warning.warningId) continue;
    await endWarningWith(flow, other, { outcome: 'gone', reason: saving.reason, tell: null });
  }
  await endWish(flow, warning.ref, warning.reason === 'warn.job-ended' ? 'stopped' : 'over');
  const tell = stopped === null ? `${warning.ref.compute} is stopped.` : explain(stopped);
  await endWarningWith(flow, stored, { outcome: 'stopped', reason: saving.reason, tell });
}
