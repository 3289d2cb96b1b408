import type { Person, VmSize, Workspace } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { ApprovalNeed } from '../../core/provision/approval-need.ts';
import { generatedName } from '../../core/provision/instance-name.ts';
import { machineApproval } from '../../core/provision/machine-approval.ts';
import { type Room, roomToMake } from '../../core/quota/making-room.ts';
import { sizesWithRoom } from '../../core/quota/sizes-with-room.ts';
import type { QuotaVerdict } from '../../core/quota/types.ts';
import { nearestSizes } from '../../core/targets/nearest-sizes.ts';
import { allowedSizes, type SizeFault, sizeVerdict } from '../../core/targets/size-rules.ts';
import type { Flow } from '../flow.ts';
import { subjectOfWish } from '../provision/check-rules.ts';
import { isFirstMachine } from '../provision/first-machine.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { weighQuota } from '../provision/grant-quota.ts';
import { policyForRequests } from '../provision/policy-for-requests.ts';
import { withHoldings } from '../provision/quota-refusals.ts';
import { offersTo } from '../waiting/own-offers.ts';
import { type EndpointsInUse, readEndpointUse } from './endpoints.ts';

export type MachineWish = {
  readonly workspace: Workspace;
  readonly vmSize: string;
  readonly forPerson: Person;
  /** Null: Lamplighter would name it. */
  readonly name: string | null;
};
export type MachineCheck = {
  readonly sizeFaults: readonly SizeFault[];
  /** Null: the region does not know the size. */
  readonly family: string | null;
  /** Null: the region does not know the size, so that nothing can be counted. */
  readonly verdict: QuotaVerdict | null;
  /** Null: nobody's, or it is refused. */
  readonly approval: ApprovalNeed | null;
  readonly room: Room;
  /** The nearest sizes that are allowed and, as far as quota was counted, have room. */
  readonly sizes: readonly VmSize[];
  /** What online endpoints of the region hold, where a limit of Azure's is in the way: the sum alone tells nobody by what. */
  readonly endpoints: EndpointsInUse | null;
};

const endpointsFreshForMs = 24 * 3_600_000;

async function endpointsInTheWay(
  flow: Flow,
  facts: FleetFacts,
  workspace: Workspace,
  sizes: ReadonlyMap<string, VmSize>,
  verdict: QuotaVerdict,
): Promise<EndpointsInUse | null> {
  const inTheWay = verdict.limits.some(({ source, state }) => source === 'azure' && state !== 'within');
  if (!inTheWay) return null;
  const region = (await facts.workspaces()).filter(
    ({ subscriptionId, location }) =>
      subscriptionId === workspace.subscriptionId && location === workspace.location,
  );
  return readEndpointUse(flow, region, sizes, endpointsFreshForMs);
}

/**
 * What a request for such a machine would meet, by the very functions that judge a real one; nothing is reserved. Throws
 * what those throw: `azure.unreadable`, `quota.unreadable` (both retryable).
 */
export async function checkMachine(flow: Flow, facts: FleetFacts, wish: MachineWish): Promise<MachineCheck> {
  const { workspace, forPerson } = wish;
  const policy = await policyForRequests(flow);
  const inRegion = await facts.sizes(workspace.subscriptionId, workspace.location);
  const teams = await facts.teams(policy);
  const listed = inRegion.get(wish.vmSize.toLowerCase()) ?? null;
  const name = wish.name ?? generatedName('', forPerson.name);
  const subject = subjectOfWish({ ...wish, tags: {} }, name, listed, teams);
  const { sizes: rules } = resourceRulesFor(policy, subject);
  const allowed = sizeVerdict(wish.vmSize, inRegion, rules);
  const sizeFaults = allowed.ok ? [] : allowed.faults;
  const isUnknown = sizeFaults.some(({ code }) => code === 'refuse.size.unknown');
  const size = isUnknown ? null : listed;
  if (size === null) {
    const nearest = allowed.ok ? [] : allowed.nearest;
    const room = { ownStopped: [], enough: false };
    return { sizeFaults, verdict: null, room, sizes: nearest, endpoints: null, family: null, approval: null };
  }
  const asked = {
    requestId: null,
    workspace,
    location: workspace.location,
    owner: forPerson,
    subject,
    family: size.family,
    cores: size.vCPUs,
    gpus: size.gpus,
  };
  let { verdict, input } = await weighQuota(flow, facts, policy, asked);
  // Room that is held for the same person on the waiting list is theirs.
  const offers = verdict.outcome === 'refused' ? await offersTo(flow, forPerson) : [];
  if (offers.length > 0) {
    const held = offers.flatMap(({ offer }) => (offer === null ? [] : [offer.requestId]));
    ({ verdict, input } = await weighQuota(flow, facts, policy, asked, held));
  }
  const fits = verdict.outcome !== 'refused' && sizeFaults.length === 0;
  const nearest = nearestSizes(size.name, size, allowedSizes(inRegion, rules));
  return {
    sizeFaults,
    family: size.family,
    verdict,
    approval: fits
      ? machineApproval(policy.approvals, subject, size, verdict, {
          asksForSsh: false,
          isFirst: await isFirstMachine(flow, facts, policy, forPerson),
        })
      : null,
    room: roomToMake(await withHoldings(facts, policy, input), verdict),
    sizes: fits ? [] : sizesWithRoom(input, nearest),
    endpoints: await endpointsInTheWay(flow, facts, workspace, inRegion, verdict),
  };
}
