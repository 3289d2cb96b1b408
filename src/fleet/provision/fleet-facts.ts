import { inScope } from '../../config/in-scope.ts';
import type { Compute, VmSize, Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { computeKey, type ObjectId, type SubscriptionId, type WorkspaceRef } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import type { Holding, RegionUsages, Spent, UnreadWorkspace } from '../../core/quota/types.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { readSpent } from '../quota/spent.ts';
import { type TeamMembers, teamsOf } from '../teams.ts';

export type Holdings = {
  readonly holdings: readonly Holding[];
  readonly unread: readonly UnreadWorkspace[];
};

/** What the rules of a request are held against, as Azure shows it now. */
export type FleetFacts = {
  /** All workspaces that the deployment may touch. Throws `azure.unreadable` (retryable). */
  workspaces(): Promise<readonly Workspace[]>;
  /** Throws `azure.unreadable` (retryable). */
  sizes(subscriptionId: SubscriptionId, location: string): Promise<ReadonlyMap<string, VmSize>>;
  teams(policy: Policy): Promise<TeamMembers>;
  holdings(teams: TeamMembers): Promise<Holdings>;
  /** What has been spent this month, as the sweeps have seen it. */
  spent(teams: TeamMembers): Promise<readonly Spent[]>;
  /** Null: it cannot be read. */
  usages(subscriptionId: SubscriptionId, location: string): Promise<RegionUsages | null>;
};

/**
 * So long one reading serves everybody who asks. It must stay well below the time that a reservation outlives the moment
 * its machine was first seen, or a machine could be in neither.
 */
const freshForMs = 10_000;

type Cached = { readonly at: number; readonly value: Promise<unknown> };

const isInstance = (compute: Compute): boolean => compute.kind.toLowerCase() === 'computeinstance';

function valueOf<T>(result: AzureResult<T>, what: string): T {
  if (result.ok) return result.value;
  throw new LamplighterError(`${what} cannot be read now: ${faultOf(result).message}`, {
    code: 'azure.unreadable',
    fault: 'azure',
    retryable: true,
    fix: 'Send the request again in a minute, with the same Idempotency-Key.',
  });
}

/** Reads what requests are judged by; many at once share one reading. */
export function fleetFacts(flow: Flow): FleetFacts {
  const { ports, scope } = flow;
  const cache = new Map<string, Cached>();

  function shared<T>(key: string, read: () => Promise<T>): Promise<T> {
    const now = ports.clock.now();
    const known = cache.get(key);
    if (known !== undefined && now - known.at < freshForMs) return known.value as Promise<T>;
    const value = read();
    cache.set(key, { at: now, value });
    // A failure is nobody's answer but theirs who waited for it.
    value.catch(() => cache.delete(key));
    return value;
  }

  const workspaces = (): Promise<readonly Workspace[]> =>
    shared('workspaces', async () => {
      const lists = await inParallel(scope.subscriptions, fewAtATime, async (id) =>
        valueOf(await ports.workspaces.list(id), 'The list of workspaces'),
      );
      return lists.flat().filter((workspace) => inScope(scope, workspace));
    });

  const sizes = (subscriptionId: SubscriptionId, location: string): Promise<ReadonlyMap<string, VmSize>> =>
    shared(`sizes ${subscriptionId} ${location}`, async () =>
      valueOf(await ports.sizes.list(subscriptionId, location), 'The sizes of the region'),
    );

  /** Rows of the list may lack size and owner; what cannot be read counts as nobody knows what. */
  async function whole(compute: Compute): Promise<Compute> {
    if (compute.vmSize !== null) return compute;
    const got = await ports.computes.get(compute.ref);
    return got.ok ? got.value : compute;
  }

  async function instancesOf(workspace: WorkspaceRef): Promise<readonly Compute[] | null> {
    const listed = await ports.computes.list(workspace);
    if (!listed.ok) return null;
    return inParallel(listed.value.filter(isInstance), fewAtATime, whole);
  }

  async function named(owner: Compute['owner']): Promise<Compute['owner']> {
    if (owner === null || owner.name !== null) return owner;
    return shared(`person ${owner.objectId}`, async () => {
      const person = await ports.directory.person(owner.objectId);
      return person.ok ? { objectId: owner.objectId, name: person.value.name } : owner;
    });
  }

  async function holdingOf(compute: Compute, workspace: Workspace, teams: TeamMembers): Promise<Holding> {
    const known = await sizes(workspace.subscriptionId, workspace.location).catch(
      () => new Map<string, VmSize>(),
    );
    const size = known.get((compute.vmSize ?? '').toLowerCase()) ?? null;
    const owner = await named(compute.owner);
    return {
      ref: compute.ref,
      workspace,
      location: workspace.location,
      owner,
      state: compute.state,
      cores: size?.vCPUs ?? null,
      gpus: size?.gpus ?? null,
      subject: {
        subscription: workspace.subscriptionId,
        workspace: workspace.workspace,
        compute: compute.ref.compute,
        kind: compute.kind,
        user: owner === null ? null : [owner.objectId, ...(owner.name === null ? [] : [owner.name])],
        teams: teamsOf(teams, owner?.objectId ?? null),
        vmSize: compute.vmSize,
        family: size?.family ?? null,
        gpu: size === null ? null : size.gpus > 0,
        tags: compute.tags,
      },
    };
  }

  return {
    workspaces,
    sizes,

    teams: (policy) =>
      shared(`teams ${JSON.stringify(policy.teams)}`, async () => {
        const members = await inParallel(
          Object.entries(policy.teams),
          fewAtATime,
          async ([team, { group }]) => {
            const read = await ports.directory.members(group);
            return [team, read.ok ? new Set<ObjectId>(read.value) : null] as const;
          },
        );
        return new Map(members);
      }),

    holdings: (teams) =>
      shared('holdings', async () => {
        const all = await workspaces();
        const read = await inParallel(all, fewAtATime, async (workspace) => ({
          workspace,
          instances: await instancesOf(workspace),
        }));
        const holdings = await Promise.all(
          read.flatMap(({ workspace, instances }) =>
            (instances ?? []).map((compute) => holdingOf(compute, workspace, teams)),
          ),
        );
        return {
          holdings: [...new Map(holdings.map((one) => [computeKey(one.ref), one])).values()],
          unread: read
            .filter(({ instances }) => instances === null)
            .map(({ workspace }) => ({ workspace, location: workspace.location })),
        };
      }),

    spent: (teams) => shared('spent', () => readSpent(flow, teams)),

    usages: (subscriptionId, location) =>
      shared(`usages ${subscriptionId} ${location}`, async () => {
        const read = await ports.quotas.read(subscriptionId, location);
        return read.ok ? read.value : null;
      }),
  };
}
