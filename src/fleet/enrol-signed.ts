import { signatureHolds } from '../auth/verify-signature.ts';
import { LamplighterError } from '../core/errors.ts';
import {
  type Admission,
  type AgentKey,
  hasOtherOwner,
  isFresh,
  validKey,
} from '../core/session/enrolment.ts';
import { parseStamp, signedBytes, type SignedPurpose, type Stamp } from '../core/session/signed-request.ts';
import { readDecision, type RecordedDecision } from '../ledger/decisions.ts';
import {
  findEnrolment,
  readEnrolment,
  replaceEnrolment,
  type StoredEnrolment,
} from '../ledger/enrolments.ts';
import { refuse } from './enrol-refuse.ts';
import type { Flow } from './flow.ts';

/** A request of an agent as it came: nothing in it is believed yet. */
export type SignedRequest = {
  readonly header: (name: string) => string | null;
  readonly body: Uint8Array;
};

export type KnownAgent = {
  readonly stamp: Stamp;
  readonly key: AgentKey;
  readonly stored: StoredEnrolment;
  /** The latest decision about the compute, if there is one. */
  readonly decision: RecordedDecision | null;
};

const triesOnConflict = 6;

/** The stamp, where it is of about now. */
export async function freshStamp(flow: Flow, request: SignedRequest): Promise<Stamp> {
  const stamp = parseStamp(request.header);
  if (stamp === null) return refuse(flow, 'unsigned');
  if (!isFresh(stamp.sentAt, flow.ports.clock.now())) return refuse(flow, 'stale');
  return stamp;
}

/** Whose agent this is, proved by its signature. Throws what is to be answered. */
export async function knownAgent(
  flow: Flow,
  purpose: SignedPurpose,
  request: SignedRequest,
): Promise<KnownAgent> {
  const { ledger, clock } = flow.ports;
  const stamp = await freshStamp(flow, request);
  const stored = await findEnrolment(ledger, { by: 'key', id: stamp.keyId });
  const key = stored === null ? null : validKey(stored.enrolment, stamp.keyId, clock.now());
  if (stored === null || key === null) return refuse(flow, 'unknown-key');
  const signed = signedBytes(purpose, stamp, request.body);
  if (!signatureHolds(key.publicKey, signed, stamp.signature)) return refuse(flow, 'bad-signature');
  const decision = await readDecision(ledger, stored.enrolment.ref);
  if (hasOtherOwner(stored.enrolment, decision?.owner?.objectId ?? null)) return refuse(flow, 'other-owner');
  return { stamp, key, stored, decision };
}

/**
 * Changes the compute's enrolment by a pure step, again on what somebody else wrote in between: of two requests with one
 * counter only one gets through.
 */
export async function changeEnrolment(
  flow: Flow,
  stored: StoredEnrolment,
  step: (enrolment: StoredEnrolment['enrolment']) => Admission,
): Promise<StoredEnrolment['enrolment']> {
  const { ledger, clock } = flow.ports;
  let current = stored;
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const next = step(current.enrolment);
    if (!next.ok) return refuse(flow, next.why);
    if (await replaceEnrolment(ledger, current, next.enrolment, clock.now())) return next.enrolment;
    current = await readEnrolment(ledger, current.enrolment.ref);
  }
  throw new LamplighterError('The enrolment of this compute is being written by too many at once.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a minute.',
  });
}
