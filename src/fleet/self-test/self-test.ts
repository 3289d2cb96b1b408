import type { SubscriptionId } from '../../core/ids.ts';
import { workspaceKey } from '../../core/ids.ts';
import { listEventCounts } from '../../ledger/attach-events.ts';
import { readLatestSweep } from '../../ledger/sweeps.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import { inScope } from '../../config/in-scope.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { requiredActions, type TestedIdentity } from './required-actions.ts';

/** `unknown`: it could not be told, or has not happened yet. */
export type Check = {
  readonly name: string;
  readonly state: 'ok' | 'bad' | 'unknown';
  readonly detail: string;
};
export type PermissionRow = {
  readonly subscriptionId: SubscriptionId;
  readonly identity: TestedIdentity;
  readonly state: 'ok' | 'bad' | 'unknown';
  /** Actions that the identity lacks there. */
  readonly missing: readonly string[];
  readonly detail: string;
};
export type SelfTest = { readonly checks: readonly Check[]; readonly permissions: readonly PermissionRow[] };

const minuteMs = 60_000;
const dayMs = 86_400_000;
const ago = (ms: number): string =>
  ms < 2 * minuteMs
    ? 'a minute ago'
    : ms < 7_200_000
      ? `${Math.round(ms / minuteMs)} min ago`
      : `${Math.round(ms / 3_600_000)} h ago`;

/** A check that fails in an unforeseen way says so, and takes no other with it. */
async function checked(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (thrown) {
    return { name, state: 'bad', detail: faultOf(thrown).message };
  }
}

const timer = (flow: Flow): Promise<Check> =>
  checked('timer', async () => {
    const latest = (await readLatestSweep(flow.ports.ledger))?.latest ?? null;
    if (latest === null)
      return { state: 'bad', detail: 'No sweep has ever begun: the timer has not fired yet.' };
    const age = flow.ports.clock.now() - latest.startedAt;
    const onTime = age <= 2 * latest.everyMs + minuteMs;
    return {
      state: onTime ? 'ok' : 'bad',
      detail: `The last sweep began ${ago(age)}; one is due every ${Math.round(latest.everyMs / minuteMs)} min.`,
    };
  });

const eventsOf = (flow: Flow, subscriptionId: SubscriptionId): Promise<Check> =>
  checked(`events ${subscriptionId}`, async () => {
    const counts = await listEventCounts(flow.ports.ledger, 'arrived');
    const own = counts.find(({ name }) => name === subscriptionId);
    if (own === undefined) {
      return {
        state: 'unknown',
        detail: 'No event of this subscription has arrived: changes there are seen by sweeps only.',
      };
    }
    const age = flow.ports.clock.now() - own.lastAt;
    const detail = `${own.count} events have arrived, the last ${ago(age)}.`;
    return age <= 7 * dayMs
      ? { state: 'ok', detail }
      : { state: 'unknown', detail: `${detail} Until the next, changes are seen by sweeps only.` };
  });

const metricsOf = (flow: Flow, subscriptionId: SubscriptionId): Promise<Check> =>
  checked(`metrics ${subscriptionId}`, async () => {
    const seen = (await listSeenWorkspaces(flow.ports.ledger)).filter(
      ({ ref }) => ref.subscriptionId === subscriptionId && inScope(flow.scope, ref),
    );
    const [one] = seen;
    if (one === undefined)
      return { state: 'unknown', detail: 'No sweep has seen a workspace of this subscription.' };
    const toAt = Math.floor(flow.ports.clock.now() / minuteMs) * minuteMs;
    const results = await flow.ports.metrics.query(one.location, subscriptionId, {
      workspaces: [one.ref],
      fromAt: toAt - 10 * minuteMs,
      toAt,
      computesAtMost: one.computes ?? 100,
    });
    const result = results.get(workspaceKey(one.ref));
    if (result === undefined) return { state: 'bad', detail: 'Azure Monitor answered nothing.' };
    return result.ok
      ? {
          state: 'ok',
          detail: `Metrics of ${one.ref.workspace} can be read; ${result.value.size} computes had some in the last 10 min.`,
        }
      : { state: 'bad', detail: faultOf(result).message };
  });

async function permissionOf(
  flow: Flow,
  subscriptionId: SubscriptionId,
  identity: TestedIdentity,
): Promise<PermissionRow> {
  const row = { subscriptionId, identity, missing: [] };
  try {
    const got = await flow.ports.ownIdentity.missing(identity, subscriptionId, requiredActions[identity]);
    if (!got.ok) return { ...row, state: 'unknown', detail: faultOf(got).message };
    if (got.value.length === 0) return { ...row, state: 'ok', detail: 'Everything it needs is allowed.' };
    if (identity === 'quotaSetter') {
      const detail =
        'Azure’s own quotas of workspaces cannot be set by Lamplighter (allowSettingQuotas); they are shown all the same.';
      return { ...row, state: 'unknown', missing: got.value, detail };
    }
    return { ...row, state: 'bad', missing: got.value, detail: `It lacks ${got.value.join(', ')}.` };
  } catch (thrown) {
    return { ...row, state: 'unknown', detail: faultOf(thrown).message };
  }
}

/** Whether everything that Lamplighter lives by is there; reads only. */
export async function selfTest(flow: Flow): Promise<SelfTest> {
  const { subscriptions } = flow.scope;
  const { channel } = flow.ports.notifier;
  const notifier: Check =
    channel === 'none'
      ? {
          name: 'notifier',
          state: 'unknown',
          detail: 'No notifier is configured: the ledger and the page are the only channel.',
        }
      : { name: 'notifier', state: 'ok', detail: `Messages go to ${channel}.` };
  const perSubscription = await inParallel(subscriptions, fewAtATime, async (subscriptionId) => [
    await eventsOf(flow, subscriptionId),
    await metricsOf(flow, subscriptionId),
  ]);
  const pairs = subscriptions.flatMap((subscriptionId) =>
    (Object.keys(requiredActions) as TestedIdentity[]).map((identity) => ({ subscriptionId, identity })),
  );
  const permissions = await inParallel(pairs, fewAtATime, ({ subscriptionId, identity }) =>
    permissionOf(flow, subscriptionId, identity),
  );
  return { checks: [await timer(flow), notifier, ...perSubscription.flat()], permissions };
}
