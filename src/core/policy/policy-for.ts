import type { Mode } from '../idle/types.ts';
import { describeMatch } from './describe-match.ts';
import { matching } from './match.ts';
import type { PolicySubject } from './subject.ts';
import type {
  ComputePolicy,
  MaxUptimePolicy,
  NetworkPolicy,
  Policy,
  PolicyOverride,
  SizesPolicy,
} from './types.ts';

const boldness: readonly Mode[] = ['off', 'observe', 'warn', 'enforce'];
const moreCareful = (a: Mode, b: Mode): Mode => (boldness.indexOf(a) <= boldness.indexOf(b) ? a : b);

/**
 * The mode for a subject. An override of which it is not known whether it holds may make the mode more careful, never
 * bolder.
 */
function modeFor(policy: Policy, subject: PolicySubject): Mode {
  let mode = policy.mode;
  for (const override of policy.overrides) {
    if (override.mode === undefined) continue;
    const holds = matching(override.match, subject);
    if (holds === 'yes') mode = override.mode;
    else if (holds === 'unknown') mode = moreCareful(mode, override.mode);
  }
  return mode;
}

const applying = (policy: Policy, subject: PolicySubject): readonly PolicyOverride[] =>
  policy.overrides.filter((override) => matching(override.match, subject) === 'yes');

function mergeMaxUptime(
  base: MaxUptimePolicy | null,
  over: Partial<MaxUptimePolicy> | null,
): MaxUptimePolicy | null {
  if (over === null) return null;
  const defaults = { warnMs: 86_400_000, evenIfUnknown: true, evenIfActive: false };
  const merged = { ...defaults, ...base, ...over };
  // The override that sets the time does not hold for this one: there is no rule to change.
  return merged.afterMs === undefined ? null : { ...merged, afterMs: merged.afterMs };
}

/**
 * The match that protects the subject, in words; null: none. A match that asks for something unknown protects, since
 * a stop cannot be taken back.
 */
export function protectedBy(policy: Policy, subject: PolicySubject): string | null {
  const match = policy.protected.find((entry) => matching(entry, subject) !== 'no');
  return match === undefined ? null : describeMatch(match);
}

/** The exemption that holds at `at`, the longest if there are several. A match that asks for something unknown exempts. */
export function exemptionAt(policy: Policy, subject: PolicySubject, at: number): ComputePolicy['exemption'] {
  const holding = policy.exempt
    .filter((entry) => at < entry.until && matching(entry.match, subject) !== 'no')
    .sort((a, b) => b.until - a.until)[0];
  return holding === undefined ? null : { until: holding.until, why: holding.why };
}

/** What the policy says of one compute at one time: overrides in file order, later ones win. */
export function policyFor(
  policy: Policy,
  policyHash: string,
  subject: PolicySubject,
  at: number,
): ComputePolicy {
  let { idle, maxUptime } = policy;
  for (const override of applying(policy, subject)) {
    if (override.idle !== undefined) idle = { ...idle, ...override.idle };
    if (override.maxUptime !== undefined) maxUptime = mergeMaxUptime(maxUptime, override.maxUptime);
  }
  return {
    policyHash,
    mode: modeFor(policy, subject),
    idle,
    maxUptime,
    jobStalledAfterMs: policy.job.stalledAfterMs,
    session: policy.session,
    protectedBy: protectedBy(policy, subject),
    exemption: exemptionAt(policy, subject, at),
  };
}

/** What the policy says of a machine's size and network, overrides applied. */
export function resourceRulesFor(
  policy: Policy,
  subject: PolicySubject,
): { readonly sizes: SizesPolicy; readonly network: NetworkPolicy } {
  let { sizes, network } = policy;
  for (const override of applying(policy, subject)) {
    if (override.sizes !== undefined) sizes = { ...sizes, ...override.sizes };
    if (override.network !== undefined) network = { ...network, ...override.network };
  }
  return { sizes, network };
}
