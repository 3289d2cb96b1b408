import type { SessionReport } from '../activity/types.ts';
import type { ComputeRef, ObjectId } from '../ids.ts';

/** Reports are believed that were sent so close to now, by the sender's clock. */
export const freshForMs = 5 * 60_000;
const reportsPerMinute = 2;
const minuteMs = 60_000;
const openCodesAtMost = 3;
/** A key this old is to be replaced; the old one holds so much longer, in case the answer is lost. */
const rotateAfterMs = 30 * 86_400_000;
const overlapMs = 86_400_000;

export type AgentKey = {
  readonly keyId: string;
  /** SubjectPublicKeyInfo in base64. */
  readonly publicKey: string;
  readonly since: number;
  /** The highest counter accepted. */
  readonly counter: number;
  /** Null: until it is replaced. */
  readonly validUntil: number | null;
};

export type EnrolmentCode = {
  readonly hash: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly validUntil: number;
  /** The key it was exchanged for. */
  readonly usedBy: string | null;
  /** It stands in a setup script, which others may be able to read. */
  readonly inScript: boolean;
};

/** Everything about the agent of one compute, in one row: its keys can speak for no other. */
export type Enrolment = {
  readonly ref: ComputeRef;
  /** Whose the compute was when the code was made; a new owner of the name has to enrol anew. */
  readonly owner: ObjectId | null;
  readonly keys: readonly AgentKey[];
  readonly codes: readonly EnrolmentCode[];
  /** When reports were accepted in the last minute. */
  readonly acceptedAt: readonly number[];
  readonly lastReport: SessionReport | null;
  readonly agentVersion: string | null;
  readonly invitedAt: number | null;
};

export const noEnrolment = (ref: ComputeRef): Enrolment => ({
  ref,
  owner: null,
  keys: [],
  codes: [],
  acceptedAt: [],
  lastReport: null,
  agentVersion: null,
  invitedAt: null,
});

export type RefusalReason =
  | 'unsigned'
  | 'too-large'
  | 'stale'
  | 'unknown-key'
  | 'bad-signature'
  | 'other-owner'
  | 'malformed'
  | 'replayed'
  | 'too-many'
  | 'bad-code';

export type Admission =
  | { readonly ok: true; readonly enrolment: Enrolment }
  | { readonly ok: false; readonly why: RefusalReason };
const refused = (why: RefusalReason): Admission => ({ ok: false, why });

export const isFresh = (sentAt: number, now: number): boolean => Math.abs(now - sentAt) <= freshForMs;

/** The key, while it may be used. */
export const validKey = (enrolment: Enrolment, keyId: string, now: number): AgentKey | null =>
  enrolment.keys.find((key) => key.keyId === keyId && (key.validUntil === null || now < key.validUntil)) ??
  null;

/** Somebody else owns a compute of this name now; where either is not known, nothing speaks against it. */
export const hasOtherOwner = (enrolment: Enrolment, owner: ObjectId | null): boolean =>
  enrolment.owner !== null && owner !== null && enrolment.owner !== owner;

/** A code for the owner's next installation; the oldest unused ones give way. */
export function addCode(
  enrolment: Enrolment,
  owner: ObjectId | null,
  code: Omit<EnrolmentCode, 'usedBy'>,
): Enrolment {
  const others = enrolment.codes.filter(({ validUntil }) => code.createdAt < validUntil);
  return {
    ...enrolment,
    owner,
    // Keys of an owner before are worth nothing from here on.
    keys: hasOtherOwner(enrolment, owner) ? [] : enrolment.keys,
    codes: [...others.slice(1 - openCodesAtMost), { ...code, usedBy: null }],
  };
}

type NewKey = Pick<AgentKey, 'keyId' | 'publicKey'>;

/** Whether a second key comes with a code that others may have read: then it is not known whose the first one is. */
export const isContested = (enrolment: Enrolment, hash: string, keyId: string, now: number): boolean =>
  enrolment.codes.some(
    (code) =>
      code.hash === hash &&
      code.inScript &&
      code.usedBy !== null &&
      code.usedBy !== keyId &&
      now < code.validUntil,
  );

/** Neither of those who came with a contested code is believed. */
export const distrust = (enrolment: Enrolment): Enrolment => ({ ...enrolment, keys: [], codes: [] });

/** Ends the codes that this one made: unused ones are gone, and used ones can be contested no more. */
export const dropCodes = (enrolment: Enrolment, createdBy: string): Enrolment => ({
  ...enrolment,
  codes: enrolment.codes.flatMap((code) => {
    if (code.createdBy !== createdBy) return [code];
    return code.usedBy === null ? [] : [{ ...code, inScript: false }];
  }),
});

export const wasEnrolledBy = (enrolment: Enrolment, createdBy: string): boolean =>
  enrolment.codes.some(
    (code) => code.createdBy === createdBy && enrolment.keys.some(({ keyId }) => keyId === code.usedBy),
  );

/** Puts a key in place of all others. The same exchange again, its answer lost, comes to the same. */
export function exchangeCode(enrolment: Enrolment, hash: string, key: NewKey, now: number): Admission {
  const code = enrolment.codes.find((one) => one.hash === hash);
  if (code === undefined || now >= code.validUntil) return refused('bad-code');
  if (code.usedBy !== null) {
    const isRepeated = code.usedBy === key.keyId && validKey(enrolment, key.keyId, now) !== null;
    return isRepeated ? { ok: true, enrolment } : refused('bad-code');
  }
  return {
    ok: true,
    enrolment: {
      ...enrolment,
      keys: [{ ...key, since: now, counter: 0, validUntil: null }],
      codes: enrolment.codes.map((one) => (one.hash === hash ? { ...one, usedBy: key.keyId } : one)),
    },
  };
}

/** Takes note of the counter, which may only grow. */
export function spendCounter(enrolment: Enrolment, keyId: string, counter: number): Admission {
  const key = enrolment.keys.find((one) => one.keyId === keyId);
  if (key === undefined) return refused('unknown-key');
  if (counter <= key.counter) return refused('replayed');
  const keys = enrolment.keys.map((one) => (one === key ? { ...one, counter } : one));
  return { ok: true, enrolment: { ...enrolment, keys } };
}

/** A report under this key may come now; each counts against two a minute, however many keys the compute has. */
export function admitReport(enrolment: Enrolment, keyId: string, counter: number, now: number): Admission {
  const spent = spendCounter(enrolment, keyId, counter);
  if (!spent.ok) return spent;
  const recent = enrolment.acceptedAt.filter((at) => at > now - minuteMs && at <= now);
  if (recent.length >= reportsPerMinute) return refused('too-many');
  return { ok: true, enrolment: { ...spent.enrolment, acceptedAt: [...recent, now] } };
}

export const isRotationDue = (key: AgentKey, now: number): boolean =>
  key.validUntil === null && now - key.since >= rotateAfterMs;

/** The new key beside the one it replaces, which holds for a day more. */
export function rotateKey(enrolment: Enrolment, keyId: string, next: NewKey, now: number): Admission {
  const old = validKey(enrolment, keyId, now);
  if (old === null) return refused('unknown-key');
  const validUntil = old.validUntil ?? now + overlapMs;
  if (next.keyId === keyId) return refused('malformed');
  const known = enrolment.keys.find((one) => one.keyId === next.keyId);
  const added: AgentKey = known ?? { ...next, since: now, counter: 0, validUntil: null };
  return { ok: true, enrolment: { ...enrolment, keys: [{ ...old, validUntil }, added] } };
}
