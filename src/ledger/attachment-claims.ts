import { shortHash } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';

/** A resource that somebody is about to attach: two requests at the same time must not both find it free. */
const partition = 'claims';
const rowFor = (key: string): string => shortHash(key);

/** `false`: another request has it. Asked again by the same request it is kept longer. */
export async function claimResource(
  ledger: Ledger,
  key: string,
  requestId: string,
  now: number,
  expiresAt: number,
): Promise<boolean> {
  const row = rowFor(key);
  const value = { requestId, expiresAt };
  const found = await ledger.get('attachments', partition, row);
  if (found === null)
    return (await ledger.write('attachments', partition, { kind: 'insert', row, value })).ok;
  const until = found.value['expiresAt'];
  const isFree = typeof until === 'number' && until <= now;
  if (!isFree && found.value['requestId'] !== requestId) return false;
  return (await ledger.write('attachments', partition, { kind: 'replace', row, value, etag: found.etag })).ok;
}

/** Lets it go, if it is this request's. */
export async function leaveResource(ledger: Ledger, key: string, requestId: string): Promise<void> {
  const row = rowFor(key);
  const found = await ledger.get('attachments', partition, row);
  if (found?.value['requestId'] !== requestId) return;
  await ledger.write('attachments', partition, { kind: 'delete', row, etag: found.etag });
}
