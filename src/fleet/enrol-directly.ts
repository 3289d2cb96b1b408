import type { ComputeRef, ObjectId } from '../core/ids.ts';
import { keyIdOf, parsePublicKey } from '../core/session/signed-request.ts';
import { readEnrolment } from '../ledger/enrolments.ts';
import { claimKey } from './enrol-key.ts';
import { refuse } from './enrol-refuse.ts';
import { changeEnrolment } from './enrol-signed.ts';
import type { Flow } from './flow.ts';

/** Enrols a key without a code: for whoever makes the machine itself, and so puts the key there. Returns the key's id. */
export async function enrolDirectly(
  flow: Flow,
  given: { readonly ref: ComputeRef; readonly owner: ObjectId | null; readonly publicKey: string },
): Promise<string> {
  const { ref, owner, publicKey } = given;
  const bytes = parsePublicKey(publicKey);
  if (bytes === null) return refuse(flow, 'malformed');
  const keyId = keyIdOf(bytes);
  await claimKey(flow, keyId, ref);
  const since = flow.ports.clock.now();
  const stored = await readEnrolment(flow.ports.ledger, ref);
  await changeEnrolment(flow, stored, (enrolment) => ({
    ok: true,
    enrolment: { ...enrolment, owner, keys: [{ keyId, publicKey, since, counter: 0, validUntil: null }] },
  }));
  return keyId;
}
