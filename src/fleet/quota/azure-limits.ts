import { inScope } from '../../config/in-scope.ts';
import { workspaceKey } from '../../core/ids.ts';
import { quotaWord } from '../../core/quota/azure-quota-word.ts';
import { familyKey } from '../../core/quota/family-key.ts';
import type { AzureUsage } from '../../core/quota/types.ts';
import { type AzureQuotaChange, listAzureQuotaChanges } from '../../ledger/azure-quotas.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { type EndpointsInUse, readEndpointUse } from './endpoints.ts';

/** A limit that somebody has set on a workspace, and what stands in the ledger of who did. */
type WorkspaceLimitShown = {
  readonly workspace: string;
  readonly family: string;
  readonly limit: number;
  /** Null: Azure does not say. */
  readonly used: number | null;
  readonly setBy: string | null;
  readonly setAt: number | null;
};

/** Azure's own limits of one subscription and region, for people. */
export type AzureLimits = {
  readonly subscription: string;
  readonly location: string;
  readonly readable: boolean;
  readonly regional: AzureUsage | null;
  readonly computes: AzureUsage | null;
  readonly families: readonly (AzureUsage & { readonly family: string })[];
  /** What online endpoints hold of it: the numbers above have it in already. */
  readonly endpoints: EndpointsInUse;
  /** Null: they cannot be read. */
  readonly workspaceLimits: readonly WorkspaceLimitShown[] | null;
};

const endpointsFreshForMs = 10 * 60_000;

/** Of every region that a sweep has seen a workspace in, as Azure says them now. */
export async function readAzureLimits(flow: Flow): Promise<readonly AzureLimits[]> {
  const { ledger, quotas } = flow.ports;
  const seen = (await listSeenWorkspaces(ledger)).filter(({ ref }) => inScope(flow.scope, ref));
  // The newest first, so that it is the one that stays.
  const changes = new Map<string, AzureQuotaChange>(
    (await listAzureQuotaChanges(ledger))
      .filter(({ status }) => status === null || quotaWord(status) === null)
      .toReversed()
      .map((change) => [`${workspaceKey(change.workspace)}|${familyKey(change.family)}`, change] as const),
  );
  const regions = new Map(
    seen.map(({ ref, location }) => [`${ref.subscriptionId}/${location}`, { ref, location }] as const),
  );
  return inParallel([...regions.values()], fewAtATime, async ({ ref, location }): Promise<AzureLimits> => {
    const { subscriptionId } = ref;
    const sizes = await flow.ports.sizes.list(subscriptionId, location);
    const here = seen.filter((one) => one.ref.subscriptionId === subscriptionId && one.location === location);
    const endpoints = await readEndpointUse(
      flow,
      here.map((one) => one.ref),
      sizes.ok ? sizes.value : new Map(),
      endpointsFreshForMs,
    );
    const region = { subscription: subscriptionId, location, endpoints };
    const read = await quotas.read(subscriptionId, location);
    if (!read.ok) {
      return {
        ...region,
        readable: false,
        regional: null,
        computes: null,
        families: [],
        workspaceLimits: null,
      };
    }
    const { regional, computes, families, workspaceUse, workspaceLimits } = read.value;
    return {
      ...region,
      readable: true,
      regional,
      computes,
      families: [...families].flatMap(([family, usage]) => (usage.used > 0 ? [{ family, ...usage }] : [])),
      workspaceLimits:
        workspaceLimits === null
          ? null
          : [...workspaceLimits].flatMap(([workspace, limits]) =>
              [...limits].map(([family, limit]): WorkspaceLimitShown => {
                const held = workspaceUse.get(workspace);
                const used = held?.has(family) === true ? (held.get(family) ?? null) : 0;
                const set = changes.get(`${workspace}|${family}`);
                // Who set another number before says nothing about this one.
                const own = set?.cores === limit ? set : null;
                return { workspace, family, limit, used, setBy: own?.by ?? null, setAt: own?.at ?? null };
              }),
            ),
    };
  });
}
