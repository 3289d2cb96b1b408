import type { Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import {
  type ComputeRef,
  parseComputeArmId,
  parseComputeRef,
  sameName,
  type SubscriptionId,
} from '../../core/ids.ts';
import { nearestWord } from '../../core/yaml/nearest.ts';
import { inScope } from '../../config/in-scope.ts';
import { faultOf } from '../../fleet/fault-of.ts';
import { fewAtATime, inParallel } from '../../fleet/in-parallel.ts';
import type { CallersAzure } from './callers-azure.ts';

/** A compute that was found, the region of its workspace, and how many computes that holds, if they were counted. */
export type Located = {
  readonly ref: ComputeRef;
  readonly location: string;
  readonly computes: number | null;
};

type Asked =
  | { readonly whole: ComputeRef }
  | { readonly name: string; readonly workspace: string | null; readonly group: string | null };

/** `NAME`, `WORKSPACE/NAME`, `GROUP/WORKSPACE/NAME`, `SUBSCRIPTION/GROUP/WORKSPACE/NAME` or an ARM id. */
function askedFor(text: string): Asked {
  if (text.startsWith('/')) return { whole: parseComputeArmId(text) };
  const parts = text.split('/');
  const [compute = '', workspace = null, resourceGroup = null, subscription = null] = parts.toReversed();
  if (subscription !== null && parts.length === 4) {
    return { whole: parseComputeRef({ subscription, resourceGroup, workspace, compute }) };
  }
  if (parts.length > 3 || parts.some((part) => part === '')) {
    throw new LamplighterError(`${JSON.stringify(text.slice(0, 120))} names no compute.`, {
      code: 'cli.bad-flag',
      fault: 'caller',
      field: 'compute',
      fix: 'Give NAME, WORKSPACE/NAME, GROUP/WORKSPACE/NAME, SUBSCRIPTION/GROUP/WORKSPACE/NAME or its ARM id.',
    });
  }
  return { name: compute, workspace, group: resourceGroup };
}

/** The subscription that the name itself says, if it does: no other needs to be listed then. */
export function subscriptionOf(text: string): SubscriptionId | null {
  const asked = askedFor(text);
  return 'whole' in asked ? asked.whole.subscriptionId : null;
}

function notFound(text: string, near: string | undefined, unread: readonly string[]): LamplighterError {
  const hidden = unread.length === 0 ? '' : ` Not everything could be read: ${unread.join('; ')}`;
  return new LamplighterError(`There is no compute ${text} among those that you see.${hidden}`, {
    code: 'cli.no-compute',
    fault: 'caller',
    field: 'compute',
    fix:
      near === undefined
        ? '"lamplighter plan" shows all; --subscription and --workspace say where to look.'
        : `Did you mean ${near}?`,
  });
}

/** Finds a compute by what people call it. Throws `cli.no-compute`, and `cli.bad-flag` for a name that several bear. */
export async function locateCompute(azure: CallersAzure, text: string): Promise<Located> {
  const asked = askedFor(text);
  const unread: string[] = [];
  const lists = await inParallel(azure.scope.subscriptions, fewAtATime, async (subscriptionId) => {
    const listed = await azure.ports.workspaces.list(subscriptionId);
    if (!listed.ok) unread.push(`subscription ${subscriptionId} (${faultOf(listed).message})`);
    return listed.ok ? listed.value : [];
  });
  const workspaces = lists.flat().filter((one) => inScope(azure.scope, one));
  if ('whole' in asked) {
    const { whole } = asked;
    const home = workspaces.find(
      (one) => sameName(one.workspace, whole.workspace) && sameName(one.resourceGroup, whole.resourceGroup),
    );
    return { ref: whole, location: home?.location ?? '', computes: null };
  }
  const looked = workspaces.filter(
    (one) =>
      (asked.workspace === null || sameName(one.workspace, asked.workspace)) &&
      (asked.group === null || sameName(one.resourceGroup, asked.group)),
  );
  const names: string[] = [];
  const found = await inParallel(
    looked,
    fewAtATime,
    async (workspace: Workspace): Promise<readonly Located[]> => {
      const listed = await azure.ports.computes.list(workspace);
      if (!listed.ok) {
        unread.push(`workspace ${workspace.workspace} (${faultOf(listed).message})`);
        return [];
      }
      names.push(...listed.value.map(({ ref }) => ref.compute));
      return listed.value
        .filter(({ ref }) => sameName(ref.compute, asked.name))
        .map(({ ref }) => ({ ref, location: workspace.location, computes: listed.value.length }));
    },
  );
  const [one, ...others] = found.flat();
  if (one === undefined) {
    const part = asked.name.toLowerCase();
    const near = nearestWord(asked.name, names) ?? names.find((name) => name.toLowerCase().includes(part));
    throw notFound(text, near, unread);
  }
  if (others.length === 0) return one;
  const places = [one, ...others].map(
    ({ ref }) => `${ref.subscriptionId}/${ref.resourceGroup}/${ref.workspace}/${ref.compute}`,
  );
  throw new LamplighterError(`Several computes are called ${text}: ${places.join(', ')}.`, {
    code: 'cli.bad-flag',
    fault: 'caller',
    field: 'compute',
    fix: 'Give one of them as a whole.',
  });
}
