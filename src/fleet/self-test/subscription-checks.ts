import { inScope } from '../../config/in-scope.ts';
import { type SubscriptionId, workspaceKey } from '../../core/ids.ts';
import { listEventCounts } from '../../ledger/attach-events.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { ago, type Check, checked } from './check.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export const eventsCheck = (flow: Flow, subscriptionId: SubscriptionId): Promise<Check> =>
  checked(`events ${subscriptionId}`, async () => {
    const counts = await listEventCounts(flow.ports.ledger, 'arrived');
    const own = counts.find(({ name }) => name === subscriptionId);
    if (own === undefined) {
      return {
        state: 'unknown',
        detail: 'No event of this subscription has arrived: changes there are seen by sweeps only.',
        try: 'Deploy the template with sendEvents=true, if changes are to be seen at once.',
      };
    }
    const age = flow.ports.clock.now() - own.lastAt;
    const detail = `${own.count} events have arrived, the last ${ago(age)}.`;
    return age <= 7 * dayMs
      ? { state: 'ok', detail, try: null }
      : {
          state: 'unknown',
          detail: `${detail} Until the next, changes are seen by sweeps only.`,
          try: 'If machines were started or stopped since, check the event subscription and its dead letters.',
        };
  });

export const metricsCheck = (flow: Flow, subscriptionId: SubscriptionId): Promise<Check> =>
  checked(`metrics ${subscriptionId}`, async () => {
    const seen = (await listSeenWorkspaces(flow.ports.ledger)).filter(
      ({ ref }) => ref.subscriptionId === subscriptionId && inScope(flow.scope, ref),
    );
    // The more computes, the sooner some of them have samples.
    const [one] = seen.toSorted((a, b) => (b.computes ?? 0) - (a.computes ?? 0));
    if (one === undefined) {
      return {
        state: 'unknown',
        detail: 'No sweep has seen a workspace of this subscription.',
        try: 'Wait for the next sweep; if none appears, the reader may not list workspaces there.',
      };
    }
    const toAt = Math.floor(flow.ports.clock.now() / minuteMs) * minuteMs;
    const results = await flow.ports.metrics.query(one.location, subscriptionId, {
      workspaces: [one.ref],
      fromAt: toAt - 10 * minuteMs,
      toAt,
      computesAtMost: one.computes ?? 100,
    });
    const result = results.get(workspaceKey(one.ref));
    const fix =
      'The reader needs Microsoft.Insights/metrics/read on the whole subscription, as Monitoring Reader or infra/roles/reader.json.';
    if (result === undefined) return { state: 'bad', detail: 'Azure Monitor answered nothing.', try: fix };
    return result.ok
      ? {
          state: 'ok',
          detail: `Metrics of ${one.ref.workspace} can be read; ${result.value.size} computes had some in the last 10 min.`,
          try: null,
        }
      : { state: 'bad', detail: faultOf(result).message, try: fix };
  });
