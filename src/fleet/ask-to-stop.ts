import { replaceWarning, type StopAnswer, type StoredWarning, type Warning } from '../ledger/warnings.ts';
import type { AzureResult } from '../ports/azure.ts';
import type { Compute } from '../core/computes.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import { endWarningWith } from './withdraw-warning.ts';

type Ask = {
  readonly stuckInStopping: boolean;
  readonly orderedAt: number | null;
};

/** How long Azure may take to show a stop whose answer was lost. */
const unansweredAgainMs = 60_000;
const diskFull = /disk\s*full|no space left|disk.{0,20}(is )?full|insufficient.{0,20}disk/i;

/** Azure's text, and in front of it what to do where we know. */
export const explainedFailure = (text: string): string =>
  diskFull.test(text)
    ? `Its disk is full, and an instance with a full disk cannot be stopped: free some space on it (the OS disk has 120 GB). Azure says: ${text}`
    : `Azure says: ${text}`;

async function stop(flow: Flow, stored: StoredWarning): Promise<AzureResult<'accepted'>> {
  try {
    return await flow.ports.computes.stop(stored.warning.ref);
  } catch (thrown) {
    return { ok: false, kind: 'unanswered', message: faultOf(thrown).message };
  }
}

/**
 * The one call that stops an instance. `stopRequestedAt` is in the ledger already. What is not a clear refusal is looked
 * up in the instance's state before it is called a failure, so that no stop is asked for twice in effect.
 */
export async function askToStop(flow: Flow, asked: StoredWarning, ask: Ask): Promise<StopAnswer> {
  const answer = await stop(flow, asked);
  if (!answer.ok && answer.kind === 'missing') {
    await endWarningWith(flow, asked, { outcome: 'gone', reason: 'deleted', tell: null });
    return { kind: 'gone' };
  }
  const { meant, changes } = await meaningOf(flow, asked, answer, ask.stuckInStopping);
  await replaceWarning(flow.ports.ledger, asked, {
    ...changes,
    answered: ask.orderedAt === null ? null : { orderedAt: ask.orderedAt, answer: meant },
  });
  return meant;
}

type Meaning = { readonly meant: StopAnswer; readonly changes: Partial<Warning> };

async function meaningOf(
  flow: Flow,
  asked: StoredWarning,
  answer: AzureResult<'accepted'>,
  stuckInStopping: boolean,
): Promise<Meaning> {
  const now = flow.ports.clock.now();
  const accepted: Meaning = { meant: { kind: 'accepted' }, changes: { stopAcceptedAt: now } };
  if (answer.ok) return accepted;
  const { message } = faultOf(answer);
  // Nothing was begun: should it go down now, somebody else did it.
  const changes = stuckInStopping ? {} : { stopRequestedAt: null };
  if (answer.kind === 'throttled') {
    return { meant: { kind: 'wait', until: answer.retryAt, message }, changes };
  }
  if (answer.kind !== 'forbidden' && !stuckInStopping) {
    const state = await stateOf(flow, asked);
    if (state === 'stopping' || state === 'stopped') return accepted;
  }
  return answer.kind === 'unanswered'
    ? { meant: { kind: 'wait', until: now + unansweredAgainMs, message }, changes: {} }
    : { meant: { kind: 'failed', message: explainedFailure(message) }, changes };
}

async function stateOf(flow: Flow, { warning }: StoredWarning): Promise<string | null> {
  let got: AzureResult<Compute>;
  try {
    got = await flow.ports.computes.get(warning.ref);
  } catch {
    return null;
  }
  return got.ok ? (got.value.state?.toLowerCase() ?? null) : null;
}
