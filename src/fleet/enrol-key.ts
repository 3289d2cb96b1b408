import { signatureHolds } from '../auth/verify-signature.ts';
import type { ComputeRef } from '../core/ids.ts';
import { codeHashOf } from '../core/session/enrolment-code.ts';
import { distrust, exchangeCode, isContested, rotateKey, spendCounter } from '../core/session/enrolment.ts';
import { keyIdOf, parsePublicKey, signedBytes } from '../core/session/signed-request.ts';
import {
  deleteEnrolment,
  findEnrolment,
  keyPointerUntil,
  pointTo,
  type StoredEnrolment,
} from '../ledger/enrolments.ts';
import { parseCounted, refuse } from './enrol-refuse.ts';
import { changeEnrolment, freshStamp, knownAgent, type SignedRequest } from './enrol-signed.ts';
import type { Flow } from './flow.ts';
import { alertOnce } from './tell.ts';

type KeyRequest = {
  readonly code: string;
  readonly publicKey: string;
  readonly agent?: string | undefined;
};
export type EnrolledKey = { readonly keyId: string; readonly ref: ComputeRef };

/** The key is written down as this compute's; one that another compute has is nobody's to take. */
export async function claimKey(flow: Flow, keyId: string, ref: ComputeRef): Promise<void> {
  const { ledger, clock } = flow.ports;
  const isOurs = await pointTo(ledger, { by: 'key', id: keyId }, ref, keyPointerUntil(clock.now()));
  if (!isOurs) await refuse(flow, 'malformed');
}

/**
 * Exchanges a one-time code for the right to report under a key whose private half stays where it was made. The request
 * is signed with that key, so that nobody enrols a key that is not theirs.
 */
export async function enrolKey(
  flow: Flow,
  request: SignedRequest,
  parse: (body: Uint8Array) => KeyRequest,
): Promise<EnrolledKey> {
  const { ledger, clock } = flow.ports;
  const stamp = await freshStamp(flow, request);
  const given = await parseCounted(flow, request.body, parse);
  const publicKey = parsePublicKey(given.publicKey);
  if (publicKey === null) return refuse(flow, 'malformed');
  const signed = signedBytes('enrol', stamp, request.body);
  const isOwnKey = stamp.keyId === keyIdOf(publicKey);
  if (!isOwnKey || !signatureHolds(given.publicKey, signed, stamp.signature)) {
    return refuse(flow, 'bad-signature');
  }
  const hash = codeHashOf(given.code);
  const stored = hash === null ? null : await findEnrolment(ledger, { by: 'code', id: hash });
  if (hash === null || stored === null) return refuse(flow, 'bad-code');
  const { ref } = stored.enrolment;
  const key = { keyId: stamp.keyId, publicKey: given.publicKey };
  const tried = exchangeCode(stored.enrolment, hash, key, clock.now());
  if (!tried.ok) {
    if (isContested(stored.enrolment, hash, key.keyId, clock.now())) await contest(flow, stored, hash);
    return refuse(flow, tried.why);
  }
  await claimKey(flow, key.keyId, ref);
  await changeEnrolment(flow, stored, (enrolment) => {
    const exchanged = exchangeCode(enrolment, hash, key, clock.now());
    return exchanged.ok
      ? { ok: true, enrolment: { ...exchanged.enrolment, agentVersion: given.agent ?? null } }
      : exchanged;
  });
  return { keyId: key.keyId, ref };
}

/** A code that stood in a setup script came with two keys: one of them is not the machine's, so both end. */
async function contest(flow: Flow, stored: StoredEnrolment, hash: string): Promise<void> {
  const { ref } = stored.enrolment;
  await changeEnrolment(flow, stored, (enrolment) => ({ ok: true, enrolment: distrust(enrolment) }));
  await alertOnce(flow, {
    alertId: `agent-contested-${hash}`,
    code: 'agent.contested',
    title: 'The code of a setup script was used twice',
    sentence: `Two different keys came with the code in the setup script of ${ref.compute} (${ref.workspace}), so that one of them is not the instance’s. Neither is believed: let its owner install the session agent by the line on its page.`,
  });
}

/** A new key in place of the one that signs; the old one holds for a day more. */
export async function replaceKey(
  flow: Flow,
  request: SignedRequest,
  parse: (body: Uint8Array) => Pick<KeyRequest, 'publicKey'>,
): Promise<EnrolledKey> {
  const { stamp, stored } = await knownAgent(flow, 'rotate', request);
  const next = await parseCounted(flow, request.body, parse);
  const publicKey = parsePublicKey(next.publicKey);
  if (publicKey === null) return refuse(flow, 'malformed');
  const keyId = keyIdOf(publicKey);
  await claimKey(flow, keyId, stored.enrolment.ref);
  await changeEnrolment(flow, stored, (enrolment) => {
    const spent = spendCounter(enrolment, stamp.keyId, stamp.counter);
    if (!spent.ok) return spent;
    const key = { keyId, publicKey: next.publicKey };
    return rotateKey(spent.enrolment, stamp.keyId, key, flow.ports.clock.now());
  });
  return { keyId, ref: stored.enrolment.ref };
}

/** The agent says goodbye: it reports no more. */
export async function leave(flow: Flow, request: SignedRequest): Promise<void> {
  const { stored } = await knownAgent(flow, 'leave', request);
  await deleteEnrolment(flow.ports.ledger, stored.enrolment.ref);
}
