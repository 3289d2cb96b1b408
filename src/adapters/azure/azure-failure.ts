import { LamplighterError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AzureFailure, AzureResult } from '../../ports/azure.ts';
import { retryAt } from './retry-after.ts';

type Headers = { get(name: string): string | undefined };
export type AzureAnswer = {
  readonly status: number;
  readonly headers?: Headers | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
};

const maxMessageLength = 500;
const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, maxMessageLength);

/** "… does not have authorization to perform action 'Microsoft.…/stop/action' over scope …" */
const actionOf = (message: string): string | null =>
  /perform action '([^']{1,200})'/i.exec(message)?.[1] ?? null;

/** What an answer that is not a success means. */
export function failureOfAnswer(answer: AzureAnswer, clock: Clock): AzureFailure {
  const { status, headers } = answer;
  const message = tidy(answer.message ?? '') || `Azure answered ${status}.`;
  const code = answer.code ?? `Http${status}`;
  switch (status) {
    case 429:
    case 503:
      return { ok: false, kind: 'throttled', retryAt: retryAt(headers, clock.now()), message };
    case 404:
      return { ok: false, kind: 'missing', message };
    case 401:
    case 403:
      return { ok: false, kind: 'forbidden', message, action: actionOf(message) };
    case 409:
    case 412:
      return { ok: false, kind: 'conflict', code, message };
    // A gateway gave up waiting: behind it the call may have taken effect.
    case 408:
    case 502:
    case 504:
      return { ok: false, kind: 'unanswered', message };
    default:
      return { ok: false, kind: 'failed', status, code, message };
  }
}

type Thrown = {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly response?: { readonly headers?: Headers };
};

const credentialErrors = new Set([
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);
const lostErrors = new Set(['AbortError', 'TimeoutError', 'RestError']);

/** What an error thrown by an SDK means. Errors that are none of Azure's or the network's are thrown on. */
export function azureFailure(error: unknown, clock: Clock): AzureFailure {
  if (error instanceof LamplighterError) {
    return { ok: false, kind: 'failed', status: 0, code: error.code, message: error.message };
  }
  if (!(error instanceof Error)) throw error;
  const thrown = error as Thrown;
  const message = tidy(thrown.message ?? '');
  if (credentialErrors.has(error.name)) {
    return { ok: false, kind: 'failed', status: thrown.statusCode ?? 0, code: error.name, message };
  }
  const { statusCode: status, code } = thrown;
  if (status !== undefined && status >= 200 && status < 300) {
    return { ok: false, kind: 'failed', status, code: 'answer.malformed', message };
  }
  if (status !== undefined) {
    return failureOfAnswer({ status, headers: thrown.response?.headers, code, message }, clock);
  }
  // Without a status no answer came, or its end did not: connection refused, reset, closed, timed out.
  if (lostErrors.has(error.name) || code?.startsWith('E') === true) {
    return { ok: false, kind: 'unanswered', message: message || 'No answer came.' };
  }
  throw error;
}

/** Runs a call and gives its outcome as a value. */
export async function azureResult<T>(clock: Clock, call: () => Promise<T>): Promise<AzureResult<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return azureFailure(error, clock);
  }
}
