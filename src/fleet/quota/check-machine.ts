import type { Person, VmSize, Workspace } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import { type Room, roomToMake } from '../../core/quota/making-room.ts';
import { sizesWithRoom } from '../../core/quota/sizes-with-room.ts';
import type { QuotaVerdict } from '../../core/quota/types.ts';
import { nearestSizes } from '../../core/targets/nearest-sizes.ts';
import { allowedSizes, type SizeFault, sizeVerdict } from '../../core/targets/size-rules.ts';
import type { Flow } from '../flow.ts';
import { readPolicyInForce } from '../policy-store.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { weighQuota } from '../provision/grant-quota.ts';
import { teamsOf } from '../teams.ts';
import { type EndpointsInUse, readEndpointUse } from './endpoints.ts';

export type MachineWish = {
  readonly workspace: Workspace;
  readonly vmSize: string;
  readonly forPerson: Person;
};
export type MachineCheck = {
  readonly sizeFaults: readonly SizeFault[];
  /** Null: the region does not know the size. */
  readonly family: string | null;
  /** Null: the region does not know the size, so that nothing can be counted. */
  readonly verdict: QuotaVerdict | null;
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
  const { policy } = await readPolicyInForce(flow.ports.ledger);
  const inRegion = await facts.sizes(workspace.subscriptionId, workspace.location);
  const teams = await facts.teams(policy);
  const size = inRegion.get(wish.vmSize.toLowerCase()) ?? null;
  const subject: PolicySubject = {
    subscription: workspace.subscriptionId,
    workspace: workspace.workspace,
    compute: '',
    kind: 'ComputeInstance',
    user: [forPerson.objectId, ...(forPerson.name === null ? [] : [forPerson.name])],
    teams: teamsOf(teams, forPerson.objectId),
    vmSize: size?.name ?? wish.vmSize,
    family: size?.family ?? null,
    gpu: size === null ? null : size.gpus > 0,
    tags: {},
  };
  const { sizes: rules } = resourceRulesFor(policy, subject);
  const allowed = sizeVerdict(wish.vmSize, inRegion, rules);
  const sizeFaults = allowed.ok ? [] : allowed.faults;
  if (size === null) {
    const nearest = allowed.ok ? [] : allowed.nearest;
    const room = { ownStopped: [], enough: false };
    return { sizeFaults, verdict: null, room, sizes: nearest, endpoints: null, family: null };
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
  const { verdict, input } = await weighQuota(flow, facts, policy, asked);
  const fits = verdict.outcome !== 'refused' && sizeFaults.length === 0;
  const nearest = nearestSizes(size.name, size, allowedSizes(inRegion, rules));
  return {
    sizeFaults,
    family: size.family,
    verdict,
    room: roomToMake(input, verdict),
    sizes: fits ? [] : sizesWithRoom(input, nearest),
    endpoints: await endpointsInTheWay(flow, facts, workspace, inRegion, verdict),
  };
}
