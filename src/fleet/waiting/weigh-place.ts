import type { VmSize } from '../../core/computes.ts';
import { parseComputeName } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import { generatedName, instanceNameFault } from '../../core/provision/instance-name.ts';
import type { InstanceWish } from '../../core/provision/instance-wish.ts';
import type { MachineAsked, QuotaVerdict } from '../../core/quota/types.ts';
import type { InLine } from '../../core/waiting/next-in-line.ts';
import { awaited, type AwaitedLimit, limitKey, type Place } from '../../core/waiting/place.ts';
import type { Flow } from '../flow.ts';
import { subjectOfWish } from '../provision/check-rules.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { weighQuota } from '../provision/grant-quota.ts';

export type WeighedPlace = {
  readonly inLine: InLine;
  /** What it waits for now. */
  readonly limits: readonly AwaitedLimit[];
};

/** The machine of a wish as quota sees it; null: its region does not know the size, or its name is none. */
export async function machineOfWish(
  facts: FleetFacts,
  policy: Policy,
  wish: InstanceWish,
  requestId: string,
): Promise<(MachineAsked & { readonly size: VmSize }) | null> {
  const { workspace, forPerson } = wish;
  const [inRegion, teams] = await Promise.all([
    facts.sizes(workspace.subscriptionId, workspace.location),
    facts.teams(policy),
  ]);
  const size = inRegion.get(wish.vmSize.toLowerCase());
  if (size === undefined || (wish.name !== null && instanceNameFault(wish.name) !== null)) return null;
  const name = parseComputeName(wish.name ?? generatedName(requestId, forPerson.name));
  return {
    requestId,
    workspace,
    location: workspace.location,
    owner: forPerson,
    subject: subjectOfWish(wish, name, size, teams),
    family: size.family,
    cores: size.vCPUs,
    gpus: size.gpus,
    size,
  };
}

/** What every limit says to a wish now. Null: see `machineOfWish`. Throws retryable faults where quota cannot be read. */
export async function weighWish(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  wish: InstanceWish,
  requestId: string,
): Promise<QuotaVerdict | null> {
  const asked = await machineOfWish(facts, policy, wish, requestId);
  return asked === null ? null : (await weighQuota(flow, facts, policy, asked)).verdict;
}

/** Where a place stands now; null: its machine cannot be weighed any more. Throws retryable faults. */
export async function weighPlace(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  place: Place,
  requestId: string,
): Promise<WeighedPlace | null> {
  const verdict = await weighWish(flow, facts, policy, place.wish, requestId);
  if (verdict === null) return null;
  const limits = verdict.refusals.map(awaited);
  const fits = verdict.outcome !== 'refused';
  return {
    limits: fits ? place.limits : limits,
    inLine: {
      placeId: place.placeId,
      fits,
      waitsFor: [...new Set([...place.limits, ...limits].map(({ key }) => key))],
      countsIn: verdict.limits.map(limitKey),
      overtaken: place.overtaken,
    },
  };
}
