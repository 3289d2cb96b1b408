import { inScope } from '../../config/in-scope.ts';
import type { AzureUsage } from '../../core/quota/types.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';

/** Azure's own limits of one subscription and region, for people. */
export type AzureLimits = {
  readonly subscription: string;
  readonly location: string;
  readonly readable: boolean;
  readonly regional: AzureUsage | null;
  readonly computes: AzureUsage | null;
  readonly families: readonly (AzureUsage & { readonly family: string })[];
  readonly workspaceLimits: readonly {
    readonly workspace: string;
    readonly family: string;
    readonly limit: number;
  }[];
};

/** Of every region that a sweep has seen a workspace in, as Azure says them now. */
export async function readAzureLimits(flow: Flow): Promise<readonly AzureLimits[]> {
  const { ledger, quotas } = flow.ports;
  const seen = (await listSeenWorkspaces(ledger)).filter(({ ref }) => inScope(flow.scope, ref));
  const regions = new Map(
    seen.map(({ ref, location }) => [`${ref.subscriptionId}/${location}`, { ref, location }] as const),
  );
  return inParallel([...regions.values()], fewAtATime, async ({ ref, location }): Promise<AzureLimits> => {
    const { subscriptionId } = ref;
    const region = { subscription: subscriptionId, location };
    const read = await quotas.read(subscriptionId, location);
    if (!read.ok) {
      return {
        ...region,
        readable: false,
        regional: null,
        computes: null,
        families: [],
        workspaceLimits: [],
      };
    }
    const { regional, computes, families, workspaceLimits } = read.value;
    return {
      ...region,
      readable: true,
      regional,
      computes,
      families: [...families].flatMap(([family, usage]) => (usage.used > 0 ? [{ family, ...usage }] : [])),
      workspaceLimits: [...(workspaceLimits ?? [])].flatMap(([workspace, limits]) =>
        [...limits].map(([family, limit]) => ({ workspace, family, limit })),
      ),
    };
  });
}
