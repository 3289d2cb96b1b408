import { workspaceKey } from '../ids.ts';
import { familyKey } from './family-key.ts';
import { promiseOf, type Promised } from './promised.ts';
import type { AzureUsage, LimitState, MachineAsked, QuotaGroup, QuotaInput } from './types.ts';

type Asked = {
  readonly code: 'refuse.azure.family' | 'refuse.azure.regional' | 'refuse.azure.computes';
  readonly group: QuotaGroup;
  readonly unit: 'cores' | 'computes';
  readonly asked: number;
  /** What goes with the machine that is replaced. */
  readonly freed: number;
  readonly reserved: number;
  /** Undefined: Azure did not say. */
  readonly usage: AzureUsage | undefined;
};

function judged({ usage, freed, ...limit }: Asked): LimitState[] {
  const common = { ...limit, source: 'azure', quotaIndex: null, effect: 'refuse' } as const;
  if (usage === undefined) {
    return [{ ...common, limit: 0, used: 0, usedAtMost: null, state: 'unknown' }];
  }
  if (usage.limit === null) return [];
  const used = usage.used - freed;
  const total = used + limit.reserved + limit.asked;
  const numbers = { limit: usage.limit, used, usedAtMost: used };
  // What takes no more than what it replaces breaks no limit, however full that is.
  const exceeded = limit.asked > freed && total > usage.limit;
  return [{ ...common, ...numbers, state: exceeded ? 'exceeded' : 'within' }];
}

const sum = (promises: readonly Promised[], of: (one: Promised) => number): number =>
  promises.reduce((total, one) => total + of(one), 0);

/** Reservations of the region that Azure's numbers hold not at all, or not in full. */
const pendingIn = ({ reserved, azure }: QuotaInput, asked: MachineAsked): readonly Promised[] =>
  reserved
    .filter(
      (one) =>
        one.requestId !== asked.requestId &&
        one.workspace.subscriptionId === asked.workspace.subscriptionId &&
        one.location.toLowerCase() === asked.location.toLowerCase(),
    )
    .flatMap((one) => promiseOf(one, azure?.shown.has(one.compute) === true) ?? []);

/** Where Azure's own limits stand: of the family, in the region and in the workspace, then the region's cores, then its computes. */
export function azureLimits(input: QuotaInput, asked: MachineAsked): LimitState[] {
  const { azure } = input;
  const pending = pendingIn(input, asked);
  const family = familyKey(asked.family);
  const inFamily = (one: Promised): number => one.byFamily.get(family) ?? 0;
  const workspace = workspaceKey(asked.workspace);
  const inWorkspace = pending.filter((one) => one.workspace === workspace);
  const leaves = asked.replaces ?? null;
  const isCounted = leaves !== null && azure?.shown.has(leaves.compute) === true;
  const freedCores = isCounted ? leaves.cores : 0;
  const freedOfFamily = isCounted && familyKey(leaves.family) === family ? leaves.cores : 0;
  const region: QuotaGroup = { per: 'region', key: asked.location.toLowerCase(), name: asked.location };
  const workspaceGroup: QuotaGroup = {
    per: 'workspace',
    key: workspace,
    name: asked.workspace.workspace,
  };
  const ownLimit = azure?.workspaceLimits?.get(workspace)?.get(family);
  const readable = azure !== null && azure.workspaceLimits !== null;
  const families = azure?.workspaceUse.get(workspace);
  const ownUse = families?.has(family) === true ? (families.get(family) ?? null) : 0;
  return [
    ...judged({
      code: 'refuse.azure.family',
      group: { per: 'family', key: family, name: asked.family },
      unit: 'cores',
      asked: asked.cores,
      freed: freedOfFamily,
      reserved: sum(pending, inFamily),
      usage: azure?.families.get(family),
    }),
    // Most workspaces have none of their own; only what cannot be read is not known.
    ...(readable && ownLimit === undefined
      ? []
      : judged({
          code: 'refuse.azure.family',
          group: workspaceGroup,
          unit: 'cores',
          asked: asked.cores,
          freed: freedOfFamily,
          reserved: sum(inWorkspace, inFamily),
          usage: ownLimit === undefined || ownUse === null ? undefined : { used: ownUse, limit: ownLimit },
        })),
    ...judged({
      code: 'refuse.azure.regional',
      group: region,
      unit: 'cores',
      asked: asked.cores,
      freed: freedCores,
      reserved: sum(pending, (one) => one.cores),
      usage: azure?.regional ?? undefined,
    }),
    ...judged({
      code: 'refuse.azure.computes',
      group: region,
      unit: 'computes',
      asked: 1,
      freed: isCounted ? 1 : 0,
      reserved: sum(pending, (one) => one.computes),
      usage: azure?.computes ?? undefined,
    }),
  ];
}
