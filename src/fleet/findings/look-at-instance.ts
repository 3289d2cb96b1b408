import type { StandingPrices } from '../../core/cost/stopped-cost.ts';
import type { SessionReport } from '../../core/activity/types.ts';
import { hoursPerMonth } from '../../core/cost/stopped-cost.ts';
import { nativeFinding } from '../../core/findings/native-finding.ts';
import { networkFindings } from '../../core/findings/network-findings.ts';
import { platformFinding } from '../../core/findings/platform-finding.ts';
import { lookOf } from '../../core/findings/rule.ts';
import { sizeFindings } from '../../core/findings/size-findings.ts';
import type { Finding, FindingLook } from '../../core/findings/types.ts';
import type { FindingCode } from '../../core/policy/codes.ts';
import {
  diskFinding,
  forgottenFinding,
  imageFinding,
  ownerFinding,
} from '../../core/findings/upkeep-findings.ts';
import { gpuIdleFinding, reportsOnlyFinding, stalledJobFinding } from '../../core/findings/use-findings.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import { requestTag } from '../../core/provision/machine.ts';
import { nativeSchedulesOf } from '../../core/schedule/native-schedules.ts';
import { reportsOnlySince } from '../../core/session/reports-only.ts';
import type { OwnerState } from '../../ledger/owners.ts';
import { type Judgement } from '../judge.ts';
import { subjectOf } from '../subject-of.ts';
import { type InstanceReadings, isRunning } from '../readings.ts';
import type { FindBy } from './find-by.ts';

/** Older values say nothing of the disk as it is now. */
const diskFreshForMs = 30 * 60_000;

function diskFreeOf({ metrics, reports }: InstanceReadings, now: number): number | null {
  const points = !metrics.ok
    ? []
    : metrics.value
        .filter(({ metric }) => metric === 'diskFreeMegabytes')
        .flatMap((series) => series.points)
        .flatMap(({ at, value }) => (value !== null && value >= 0 ? [{ at, value }] : []));
  const reported = reports.flatMap((report: SessionReport) =>
    report.diskFreeMegabytes === null ? [] : [{ at: report.at, value: report.diskFreeMegabytes }],
  );
  const latest = [...points, ...reported]
    .filter(({ at }) => now - at <= diskFreshForMs)
    .toSorted((one, other) => other.at - one.at)[0];
  return latest?.value ?? null;
}

const carriesAnyRequest = (tags: Readonly<Record<string, string>>): boolean =>
  Object.keys(tags).some((name) => name.toLowerCase() === requestTag);

/** What is wrong with having it at all costs what it costs while it runs; the others cost nothing of their own. */
const costsWhatItCosts: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'size.denied',
  'size.isolation',
  'owner.gone',
  'job.stalled',
  'job.gpu-idle',
  'reports-only',
]);
const withCost = (finding: Finding, pricePerHourUsd: number | null): Finding =>
  finding.usdPerMonth !== null || pricePerHourUsd === null || !costsWhatItCosts.has(finding.code)
    ? finding
    : { ...finding, usdPerMonth: pricePerHourUsd * hoursPerMonth };

/** Holds one instance against every rule that is about instances. */
export function lookAtInstance(
  instance: InstanceReadings,
  judgement: Judgement,
  owner: OwnerState | undefined,
  by: FindBy,
  prices?: StandingPrices,
): FindingLook {
  const { compute } = instance;
  const { policy } = by.policy;
  const rules = resourceRulesFor(policy, subjectOf(instance, by.teams));
  const running = isRunning(compute.state);
  const price = running ? (instance.size?.pricePerHourUsd ?? null) : null;
  const look = lookOf({ kind: 'compute', ref: compute.ref }, compute.owner, {
    ...sizeFindings(compute.vmSize, rules.sizes),
    ...networkFindings(compute, rules.network, carriesAnyRequest(compute.tags)),
    'platform.idle-shutdown': platformFinding(compute),
    'disk.low': diskFinding(running ? diskFreeOf(instance, by.now) : null, policy.disk),
    'owner.gone': ownerFinding(compute, owner?.state ?? 'unknown', policy.owners, owner?.managerId ?? null),
    'instance.forgotten': forgottenFinding(compute, policy.forgotten, by.now, prices),
    'schedule.native': nativeFinding(
      nativeSchedulesOf(compute),
      policy.schedules.filter(({ name }) => judgement.schedules.includes(name)),
      by.now,
    ),
    'image.outdated': imageFinding(compute, policy.images, by.now),
    'job.stalled': stalledJobFinding(judgement.verdict, instance.jobs.ok, policy.job),
    'job.gpu-idle': gpuIdleFinding(
      instance.observation.gpuIdle,
      !running || (instance.jobs.ok && instance.metrics.ok && instance.size !== null),
      instance.size?.pricePerHourUsd ?? null,
      policy.job,
      by.now,
    ),
    'reports-only': reportsOnlyFinding(
      reportsOnlySince(instance.before?.reportsOnlySinceAt ?? null, judgement.decision.reason, by.now),
      policy.reportsOnly,
      by.now,
    ),
  });
  return { ...look, broken: look.broken.map((finding) => withCost(finding, price)) };
}
