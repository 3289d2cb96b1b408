import { workspaceKey } from '../ids.ts';
import { familyKey } from './family-key.ts';
import type { AzureUsage, LimitState, MachineAsked, QuotaGroup, QuotaInput, Reserved } from './types.ts';

type Asked = {
  readonly code: 'refuse.azure.family' | 'refuse.azure.regional' | 'refuse.azure.computes';
  readonly group: QuotaGroup;
  readonly unit: 'cores' | 'computes';
  readonly asked: number;
  readonly reserved: number;
  /** Undefined: Azure did not say. */
  readonly usage: AzureUsage | undefined;
};

function judged({ usage, ...limit }: Asked): LimitState[] {
  const common = { ...limit, source: 'azure', quotaIndex: null, effect: 'refuse' } as const;
  if (usage === undefined) {
    return [{ ...common, limit: 0, used: 0, usedAtMost: null, state: 'unknown' }];
  }
  if (usage.limit === null) return [];
  const total = usage.used + limit.reserved + limit.asked;
  const numbers = { limit: usage.limit, used: usage.used, usedAtMost: usage.used };
  return [{ ...common, ...numbers, state: total > usage.limit ? 'exceeded' : 'within' }];
}

const cores = (reserved: readonly Reserved[]): number => reserved.reduce((sum, one) => sum + one.cores, 0);

/** Reservations that Azure's numbers do not hold yet. */
const notShown = ({ reserved, azure }: QuotaInput, asked: MachineAsked): readonly Reserved[] =>
  reserved.filter(
    (one) =>
      one.requestId !== asked.requestId &&
      one.workspace.subscriptionId === asked.workspace.subscriptionId &&
      one.location.toLowerCase() === asked.location.toLowerCase() &&
      azure?.shown.has(one.compute) !== true,
  );

/** Where Azure's own limits stand: of the family, in the region and in the workspace, then the region's cores, then its computes. */
export function azureLimits(input: QuotaInput, asked: MachineAsked): LimitState[] {
  const { azure } = input;
  const pending = notShown(input, asked);
  const family = familyKey(asked.family);
  const ofFamily = pending.filter((one) => familyKey(one.subject.family ?? '') === family);
  const workspace = workspaceKey(asked.workspace);
  const inWorkspace = ofFamily.filter((one) => workspaceKey(one.workspace) === workspace);
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
      reserved: cores(ofFamily),
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
          reserved: cores(inWorkspace),
          usage: ownLimit === undefined || ownUse === null ? undefined : { used: ownUse, limit: ownLimit },
        })),
    ...judged({
      code: 'refuse.azure.regional',
      group: region,
      unit: 'cores',
      asked: asked.cores,
      reserved: cores(pending),
      usage: azure?.regional ?? undefined,
    }),
    ...judged({
      code: 'refuse.azure.computes',
      group: region,
      unit: 'computes',
      asked: 1,
      reserved: pending.length,
      usage: azure?.computes ?? undefined,
    }),
  ];
}
