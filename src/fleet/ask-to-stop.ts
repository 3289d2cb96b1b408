import { replaceWarning, type StoredWarning } from '../ledger/warnings.ts';
import type { AzureResult } from '../ports/azure.ts';
import type { Compute } from '../core/computes.ts';
import { faultOf } from './fault-of.ts';
import type { Flow } from './flow.ts';
import { endWarningWith } from './withdraw-warning.ts';

export type StopAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'wait'; readonly until: number; readonly message: string }
  /** Azure refused. `message` carries its own words, and what they mean where we know. */
  | { readonly kind: 'failed'; readonly message: string };

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
export async function askToStop(flow: Flow, asked: StoredWarning, wasStopping: boolean): Promise<StopAnswer> {
  const { ledger, clock } = flow.ports;
  const answer = await stop(flow, asked);
  if (answer.ok) return accepted(flow, asked);
  const { message } = faultOf(answer);
  switch (answer.kind) {
    case 'throttled':
      await replaceWarning(ledger, asked, {
        stopRequestedAt: wasStopping ? asked.warning.stopRequestedAt : null,
      });
      return { kind: 'wait', until: answer.retryAt, message };
    case 'missing':
      await endWarningWith(flow, asked, { outcome: 'gone', reason: 'deleted', tell: null });
      return { kind: 'gone' };
    case 'forbidden':
      return refused(flow, asked, message, wasStopping);
    case 'unanswered':
    case 'conflict':
    case 'failed': {
      const state = wasStopping ? null : await stateOf(flow, asked);
      if (state === 'stopping' || state === 'stopped') return accepted(flow, asked);
      if (answer.kind === 'unanswered') {
        return { kind: 'wait', until: clock.now() + unansweredAgainMs, message };
      }
      return refused(flow, asked, message, wasStopping);
    }
  }
}

async function accepted(flow: Flow, asked: StoredWarning): Promise<StopAnswer> {
  await replaceWarning(flow.ports.ledger, asked, { stopAcceptedAt: flow.ports.clock.now() });
  return { kind: 'accepted' };
}

/** Nothing was begun: should it go down now, somebody else did it. */
async function refused(
  flow: Flow,
  asked: StoredWarning,
  message: string,
  wasStopping: boolean,
): Promise<StopAnswer> {
  if (!wasStopping) await replaceWarning(flow.ports.ledger, asked, { stopRequestedAt: null });
  return { kind: 'failed', message: explainedFailure(message) };
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
