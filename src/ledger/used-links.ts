import { z } from 'zod';
import { shortHash } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';

/** That a link was followed to its end, or is just being. The row holds the hash of the link, never the link. */
export type UsedLink = {
  readonly objectId: string;
  readonly startedAt: number;
  /** Null while its deed is being done. */
  readonly doneAt: number | null;
};
export type StoredUsedLink = { readonly used: UsedLink; readonly etag: string };

const keptAfterMs = 24 * 3_600_000;
const row = 'used';

const codec = z
  .object({ objectId: z.string(), startedAt: timeCodec, doneAt: maybeTime })
  .transform((value): UsedLink => value);

const partitionOf = (text: string): string => `l-${shortHash(text)}`;

export async function readUsedLink(ledger: Ledger, text: string): Promise<StoredUsedLink | null> {
  const found = await ledger.get('answers', partitionOf(text), row);
  return found === null ? null : { used: decodeRow(codec, found, 'used link'), etag: found.etag };
}

/** Takes the link for one deed: new, or over from a process that died. Null: somebody else was first. */
export async function takeLink(
  ledger: Ledger,
  text: string,
  used: UsedLink,
  /** When nobody asks for the link any more. */
  expiresAt: number,
  instead: StoredUsedLink | null,
): Promise<StoredUsedLink | null> {
  const value = encodeRow({ ...used, expiresAt: expiresAt + keptAfterMs });
  const written = await ledger.write(
    'answers',
    partitionOf(text),
    instead === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: instead.etag },
  );
  return written.ok ? { used, etag: written.etag } : null;
}

/** Its deed failed and changed nothing: the link is good again. */
export async function giveLinkBack(ledger: Ledger, text: string, taken: StoredUsedLink): Promise<void> {
  await ledger.write('answers', partitionOf(text), { kind: 'delete', row, etag: taken.etag });
}
