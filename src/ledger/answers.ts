import { z } from 'zod';
import { shortHash } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec } from './codec.ts';

/** An answer as it can be given again. */
export type RememberedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly jsonBody: unknown;
};

/** A request with an idempotency key: `answer` is null while it is being worked on. */
export type KeyedRequest = {
  readonly bodyHash: string;
  readonly startedAt: number;
  readonly answer: RememberedAnswer | null;
};
export type StoredKeyedRequest = { readonly request: KeyedRequest; readonly etag: string };
/** Whose key it is, for which function. */
export type AnswerKey = { readonly objectId: string; readonly functionName: string; readonly key: string };

const keptMs = 24 * 3_600_000;

const codec = z.object({
  bodyHash: z.string(),
  startedAt: timeCodec,
  answer: z
    .object({ status: z.number(), headers: z.record(z.string(), z.string()), jsonBody: z.unknown() })
    .transform((value): RememberedAnswer => value)
    .nullable(),
});

const place = (key: AnswerKey) => ({
  partition: `a-${shortHash(key.objectId, 24)}`,
  row: shortHash(`${key.functionName} ${key.key}`),
});
const valueOf = (request: KeyedRequest) => encodeRow({ ...request, expiresAt: request.startedAt + keptMs });

/** Whether it is too old to be answered from; its row may still be there. */
export const isForgotten = (request: KeyedRequest, now: number): boolean => request.startedAt + keptMs <= now;

export async function readAnswer(ledger: Ledger, key: AnswerKey): Promise<StoredKeyedRequest | null> {
  const { partition, row } = place(key);
  const found = await ledger.get('answers', partition, row);
  return found === null ? null : { request: decodeRow(codec, found, 'remembered answer'), etag: found.etag };
}

/** Writes the request as begun: new, or in place of one read before. Null: somebody else was first. */
export async function claimAnswer(
  ledger: Ledger,
  key: AnswerKey,
  request: KeyedRequest,
  instead: StoredKeyedRequest | null,
): Promise<StoredKeyedRequest | null> {
  const { partition, row } = place(key);
  const value = valueOf(request);
  const written = await ledger.write(
    'answers',
    partition,
    instead === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: instead.etag },
  );
  return written.ok ? { request, etag: written.etag } : null;
}

/** Remembers the answer; one that somebody else gave meanwhile stands. */
export async function finishAnswer(
  ledger: Ledger,
  key: AnswerKey,
  claimed: StoredKeyedRequest,
  answer: RememberedAnswer,
): Promise<void> {
  const { partition, row } = place(key);
  const value = valueOf({ ...claimed.request, answer });
  await ledger.write('answers', partition, { kind: 'replace', row, value, etag: claimed.etag });
}

/** Forgets a request that failed, so that it can be sent again with the same key. */
export async function forgetAnswer(
  ledger: Ledger,
  key: AnswerKey,
  claimed: StoredKeyedRequest,
): Promise<void> {
  const { partition, row } = place(key);
  await ledger.write('answers', partition, { kind: 'delete', row, etag: claimed.etag });
}
