import { LamplighterError } from '../core/errors.ts';
import type { RefusalReason } from '../core/session/enrolment.ts';
import { countRefusal } from '../ledger/refusals.ts';
import type { Flow } from './flow.ts';

type Words = {
  readonly code: string;
  readonly says: string;
  readonly fix: string;
  readonly retryable?: true;
};

const again = 'Install it again with a fresh code; the compute’s owner or an admin can make one.';
/** The same for a key never seen, one revoked and a signature that does not hold: nobody is to find out which. */
const notEnrolled: Words = { code: 'agent.unknown', says: 'This agent is not enrolled.', fix: again };

const words: Readonly<Record<RefusalReason, Words>> = {
  unsigned: {
    code: 'auth.missing',
    says: 'This request carries no signature.',
    fix: 'Send the x-lamplighter-* headers that docs/session-agent.md describes.',
  },
  'unknown-key': notEnrolled,
  'bad-signature': notEnrolled,
  'other-owner': notEnrolled,
  'bad-code': {
    code: 'agent.code',
    says: 'This enrolment code is not valid: it was used, has expired, or never was one.',
    fix: 'Ask for a fresh code.',
  },
  stale: {
    code: 'agent.clock',
    says: 'The time of this request is more than five minutes from ours.',
    fix: 'Set the sender’s clock; the header Date of this answer has the time.',
  },
  replayed: {
    code: 'agent.replayed',
    says: 'This request, or a later one, has been here before.',
    fix: 'Send each report once, with a counter that grows.',
  },
  'too-many': {
    code: 'request.too-many',
    says: 'Two reports a minute are enough.',
    fix: 'Wait a minute.',
    retryable: true,
  },
  malformed: {
    code: 'request.invalid',
    says: 'This request cannot be used.',
    fix: '/api/openapi.json describes every request.',
  },
  'too-large': {
    code: 'request.too-large',
    says: 'The body is larger than a report can be.',
    fix: 'Send less.',
  },
};

/** Counts what is refused. A ledger that cannot count must not turn a refusal into anything else. */
export async function noteRefusal(flow: Flow, why: RefusalReason): Promise<void> {
  try {
    await countRefusal(flow.ports.ledger, why, flow.ports.clock.now());
  } catch (thrown) {
    if (!(thrown instanceof LamplighterError)) throw thrown;
  }
}

/** Counts the refusal and throws it. */
export async function refuse(flow: Flow, why: RefusalReason): Promise<never> {
  await noteRefusal(flow, why);
  const { code, says, fix, retryable } = words[why];
  throw new LamplighterError(says, { code, fault: 'caller', fix, retryable: retryable ?? false });
}

/** What `parse` makes of a body; a body that it throws about is counted. */
export async function parseCounted<T>(
  flow: Flow,
  body: Uint8Array,
  parse: (body: Uint8Array) => T,
): Promise<T> {
  try {
    return parse(body);
  } catch (thrown) {
    await noteRefusal(flow, 'malformed');
    throw thrown;
  }
}
