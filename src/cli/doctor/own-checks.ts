import type { Compute, Workspace } from '../../core/computes.ts';
import { innerOf, memberOf } from '../../core/findings/arm-properties.ts';
import { type SubscriptionId, workspaceKey } from '../../core/ids.ts';
import { faultOf } from '../../fleet/fault-of.ts';
import { fewAtATime, inParallel } from '../../fleet/in-parallel.ts';
import { type Check, checked } from '../../fleet/self-test/check.ts';
import type { CallersAzure } from '../azure/callers-azure.ts';
import { bad, ok } from './check-parts.ts';

const minuteMs = 60_000;

function isPrivate(compute: Compute): boolean {
  const inner = innerOf(compute);
  if (inner === null) return false;
  const subnet = memberOf(inner, 'subnet');
  return memberOf(inner, 'enableNodePublicIp') === false || (subnet !== null && subnet !== undefined);
}

type Fullest = { readonly workspace: Workspace; readonly computes: number };
export type SeenComputes = {
  readonly check: Check;
  /** Workspaces with instances in a subnet or without a public address. */
  readonly privateIn: readonly string[];
  /** The workspace that holds the most: the likeliest to have samples. */
  readonly fullest: Fullest | null;
};

export async function computesCheck(
  azure: CallersAzure,
  workspaces: readonly Workspace[],
  id: SubscriptionId,
): Promise<SeenComputes> {
  const read: Fullest[] = [];
  const privateIn: string[] = [];
  const unread: string[] = [];
  await inParallel(workspaces, fewAtATime, async (workspace) => {
    const listed = await azure.ports.computes.list(workspace);
    if (!listed.ok) {
      unread.push(`${workspace.resourceGroup}/${workspace.workspace}: ${faultOf(listed).message}`);
      return;
    }
    read.push({ workspace, computes: listed.value.length });
    if (listed.value.some(isPrivate)) privateIn.push(workspace.workspace);
  });
  const name = `computes ${id}`;
  const count = read.reduce((sum, { computes }) => sum + computes, 0);
  const [fullest = null] = read.toSorted((a, b) => b.computes - a.computes);
  const parts =
    unread.length > 0
      ? bad(`${unread.length} of ${workspaces.length} workspaces cannot be read. ${unread.join(' ')}`)
      : ok(`${count} computes in ${workspaces.length} workspaces.`);
  return { check: { name, ...parts }, privateIn, fullest };
}

export const metricsCheck = (
  azure: CallersAzure,
  workspace: Workspace,
  computes: number,
  id: SubscriptionId,
): Promise<Check> =>
  checked(`metrics ${id}`, async () => {
    const toAt = Math.floor(azure.clock.now() / minuteMs) * minuteMs;
    const results = await azure.ports.metrics.query(workspace.location, id, {
      workspaces: [workspace],
      fromAt: toAt - 30 * minuteMs,
      toAt,
      computesAtMost: Math.max(1, computes),
    });
    const result = results.get(workspaceKey(workspace));
    if (result === undefined) return bad('Azure Monitor answered nothing.');
    if (!result.ok) return bad(faultOf(result).message);
    return ok(
      `${result.value.size} of ${computes} computes in ${workspace.workspace} had samples in the last 30 min.`,
    );
  });

export const sizesCheck = (azure: CallersAzure, location: string, id: SubscriptionId): Promise<Check> =>
  checked(`sizes ${id}`, async () => {
    const sizes = await azure.ports.sizes.list(id, location);
    if (!sizes.ok) return bad(faultOf(sizes).message);
    const priced = [...sizes.value.values()].filter(({ pricePerHourUsd }) => pricePerHourUsd !== null).length;
    return ok(`${sizes.value.size} sizes in ${location}, ${priced} with a list price.`);
  });

export const jobsCheck = (azure: CallersAzure, workspace: Workspace, id: SubscriptionId): Promise<Check> =>
  checked(`jobs ${id}`, async () => {
    const jobs = await azure.ports.jobs.listUnfinished(workspace);
    return jobs.ok
      ? ok(`${jobs.value.length} unfinished in ${workspace.workspace}.`)
      : bad(faultOf(jobs).message);
  });
