import { LamplighterError } from '../../core/errors.ts';
import { shortHash } from '../../core/ids.ts';
import {
  type AnswerKey,
  claimAnswer,
  finishAnswer,
  forgetAnswer,
  isForgotten,
  readAnswer,
  type RememberedAnswer,
} from '../../ledger/answers.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';

/** After this long a request without an answer is taken for one whose process died, and done again. */
const abandonedAfterMs = 60_000;
const keyPattern = /^[\x21-\x7e]{8,128}$/;

export function idempotencyKeyOf(headers: { get(name: string): string | null }): string {
  const key = headers.get('idempotency-key');
  if (key !== null && keyPattern.test(key)) return key;
  throw new LamplighterError(
    key === null ? 'The header Idempotency-Key is missing.' : 'The header Idempotency-Key cannot be used.',
    {
      code: 'idempotency.key',
      fault: 'caller',
      field: 'idempotency-key',
      fix: 'Send a fresh value of 8 to 128 printable characters (a UUID will do), and the same one when you repeat the request.',
    },
  );
}

function inProgress(): LamplighterError {
  return new LamplighterError('The same request is being worked on.', {
    code: 'idempotency.in-progress',
    fault: 'caller',
    retryable: true,
    fix: 'Repeat it in a few seconds, with the same Idempotency-Key, to get its answer.',
  });
}

/** The same text for the same JSON value, whatever the order of its members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/**
 * Does `act` once per key: a repetition gets the first answer. A request whose process died before it answered is done
 * again, so `act` must bear being done twice. A request that throws is forgotten: nothing was created. An answer that
 * holds a secret says what is to be kept of it (`repeated`).
 */
export async function once(
  ports: { readonly ledger: Ledger; readonly clock: Clock },
  key: AnswerKey,
  input: unknown,
  act: () => Promise<RememberedAnswer & { readonly repeated?: unknown }>,
): Promise<RememberedAnswer & { readonly replayed: boolean }> {
  const { ledger, clock } = ports;
  const bodyHash = shortHash(canonical(input));
  const earlier = await readAnswer(ledger, key);
  if (earlier !== null && !isForgotten(earlier.request, clock.now())) {
    if (earlier.request.bodyHash !== bodyHash) {
      throw new LamplighterError('This Idempotency-Key came with another request before.', {
        code: 'idempotency.reused',
        fault: 'caller',
        field: 'idempotency-key',
        fix: 'Use a fresh key for a new request.',
      });
    }
    if (earlier.request.answer !== null) return { ...earlier.request.answer, replayed: true };
    if (clock.now() - earlier.request.startedAt < abandonedAfterMs) throw inProgress();
  }
  const claimed = await claimAnswer(ledger, key, { bodyHash, startedAt: clock.now(), answer: null }, earlier);
  if (claimed === null) throw inProgress();
  let acted: Awaited<ReturnType<typeof act>>;
  try {
    acted = await act();
  } catch (error) {
    await forgetAnswer(ledger, key, claimed);
    throw error;
  }
  const { repeated, ...answer } = acted;
  const kept = repeated === undefined ? answer : { ...answer, jsonBody: repeated };
  await finishAnswer(ledger, key, claimed, kept);
  return { ...answer, replayed: false };
}
