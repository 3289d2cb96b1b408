import { inScope } from '../config/in-scope.ts';
import type { SubscriptionId } from '../core/ids.ts';
import { parsePolicy, type PolicyOptions } from '../core/policy/parse.ts';
import { listSeenWorkspaces } from '../ledger/workspaces.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { alertOnce } from './tell.ts';

const shownAtMost = 5;

/** Where something is to be looked after: as the sweeps have seen it, or before the first one as Azure lists it. */
async function regionsOf(flow: Flow): Promise<ReadonlyMap<string, readonly [SubscriptionId, string]>> {
  const seen = (await listSeenWorkspaces(flow.ports.ledger))
    .filter(({ ref, location }) => location !== '' && inScope(flow.scope, ref))
    .map(({ ref, location }) => [ref.subscriptionId, location] as const);
  if (seen.length > 0) return new Map(seen.map((region) => [region.join('/'), region]));
  const lists = await inParallel(flow.scope.subscriptions, fewAtATime, async (id) => {
    const listed = await flow.ports.workspaces.list(id);
    return listed.ok ? listed.value.filter((workspace) => inScope(flow.scope, workspace)) : [];
  });
  const listed = lists.flat().map(({ subscriptionId, location }) => [subscriptionId, location] as const);
  return new Map(listed.map((region) => [region.join('/'), region]));
}

/** Sizes and families of every region in use; nothing where one of them cannot be read, since it may be there. */
async function knownIn(flow: Flow): Promise<PolicyOptions> {
  try {
    const regions = [...(await regionsOf(flow)).values()];
    const lists = await inParallel(regions, fewAtATime, ([id, location]) =>
      flow.ports.sizes.list(id, location),
    );
    if (lists.length === 0 || lists.some((list) => !list.ok)) return {};
    const sizes = lists.flatMap((list) => (list.ok ? [...list.value.values()] : []));
    return {
      knownSizes: new Set(sizes.map(({ name }) => name)),
      knownFamilies: new Set(sizes.map(({ family }) => family)),
    };
  } catch {
    return {};
  }
}

/** Tells admins, once per text, what of an accepted policy its author probably did not mean. */
export async function warnOfPolicy(flow: Flow, text: string, hash: string): Promise<void> {
  const parsed = parsePolicy(text, await knownIn(flow));
  if (!parsed.ok || parsed.warnings.length === 0) return;
  const { warnings } = parsed;
  const lines = warnings.slice(0, shownAtMost).map(({ line, key, message, suggestion }) => {
    const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
    return `Line ${line}, ${key}: ${message}${hint}.`;
  });
  const more = warnings.length > shownAtMost ? ` ${warnings.length - shownAtMost} more like these.` : '';
  await alertOnce(flow, {
    alertId: `policy-warn-${hash}`,
    code: 'policy.warning',
    title: 'The policy file holds what does nothing',
    sentence: `${lines.join(' ')}${more} It is accepted all the same.`,
  });
}
