import { shortHash } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';

/** Names of instances are unique in a region, and Azure knows of one only once it is being made. */
const partitionFor = (location: string): string => `names-${shortHash(location.toLowerCase(), 24)}`;
const rowFor = (name: string): string => shortHash(name.toLowerCase());

/** Keeps a name for a request until `expiresAt`; `false`: another request has it. Asked again it is kept longer. */
export async function claimName(
  ledger: Ledger,
  claim: { readonly location: string; readonly name: string; readonly requestId: string },
  now: number,
  expiresAt: number,
): Promise<boolean> {
  const partition = partitionFor(claim.location);
  const row = rowFor(claim.name);
  const value = { requestId: claim.requestId, expiresAt };
  const found = await ledger.get('requests', partition, row);
  if (found === null) return (await ledger.write('requests', partition, { kind: 'insert', row, value })).ok;
  const until = found.value['expiresAt'];
  const isFree = typeof until === 'number' && until <= now;
  if (!isFree && found.value['requestId'] !== claim.requestId) return false;
  return (await ledger.write('requests', partition, { kind: 'replace', row, value, etag: found.etag })).ok;
}

/** Lets the name go, if it is this request's. */
export async function leaveName(
  ledger: Ledger,
  claim: { readonly location: string; readonly name: string; readonly requestId: string },
): Promise<void> {
  const partition = partitionFor(claim.location);
  const row = rowFor(claim.name);
  const found = await ledger.get('requests', partition, row);
  if (found === null || found.value['requestId'] !== claim.requestId) return;
  await ledger.write('requests', partition, { kind: 'delete', row, etag: found.etag });
}
