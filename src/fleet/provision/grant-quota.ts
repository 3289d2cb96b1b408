import { LamplighterError } from '../../core/errors.ts';
import type { Policy } from '../../core/policy/types.ts';
import { quotaVerdict } from '../../core/quota/quota-verdict.ts';
import type { MachineAsked, QuotaInput, QuotaVerdict, Reserved } from '../../core/quota/types.ts';
import { listReservations, type Reservation, reserve } from '../../ledger/reservations.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { isWide, quotaInput } from './quota-input.ts';

export type QuotaDecision = {
  readonly granted: boolean;
  readonly verdict: QuotaVerdict;
  readonly input: QuotaInput;
};

function unknown(verdict: QuotaVerdict): LamplighterError {
  const codes = [...new Set(verdict.unknown.map(({ code }) => code))].join(', ');
  return new LamplighterError(`Whether there is quota cannot be told now (${codes}).`, {
    code: 'quota.unreadable',
    fault: 'azure',
    retryable: true,
    fix: 'Send the request again in a minute, with the same Idempotency-Key; if it stays, an admin should look at the app’s permissions.',
  });
}

async function decide(
  facts: FleetFacts,
  policy: Policy,
  asked: MachineAsked,
  others: readonly Reserved[],
): Promise<QuotaDecision> {
  const input = await quotaInput(facts, policy, asked, others);
  const verdict = quotaVerdict(input);
  if (verdict.outcome === 'unknown') throw unknown(verdict);
  return { granted: verdict.outcome !== 'refused', verdict, input };
}

/** What the verdict would be, `instead` of other reservations, without reserving anything: for what-if and for a request that is refused anyhow. */
export async function weighQuota(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  asked: MachineAsked,
  instead: readonly string[] = [],
): Promise<QuotaDecision> {
  const others = await listReservations(flow.ports.ledger, flow.ports.clock.now());
  return decide(
    facts,
    policy,
    asked,
    others.filter((one) => one.requestId !== asked.requestId && !instead.includes(one.requestId)),
  );
}

/**
 * Reserves the quota, if there is any: of requests at the same time each sees those granted before it. Asked again for the
 * same request it is weighed anew; `instead` of other reservations, these do not stand against it. Throws `quota.unreadable` or `reservation.contended` (both retryable).
 */
export async function grantQuota(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  wanted: Reservation & Pick<MachineAsked, 'family'>,
  instead: readonly string[] = [],
): Promise<QuotaDecision> {
  const { ledger } = flow.ports;
  const { family: _family, ...reservation } = wanted;
  const { verdict } = await reserve(ledger, reservation, isWide(policy), async (others) => {
    const standing = others.filter(({ requestId }) => !instead.includes(requestId));
    const decision = await decide(facts, policy, wanted, standing);
    return { granted: decision.granted, verdict: decision };
  });
  return verdict;
}
