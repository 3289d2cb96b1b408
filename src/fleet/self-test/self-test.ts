import { type EventCount, listEventCounts } from '../../ledger/attach-events.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import {
  brakeCheck,
  directoryCheck,
  haltCheck,
  notifierCheck,
  policyCheck,
  sweepCheck,
  timerCheck,
} from './app-checks.ts';
import type { Check } from './check.ts';
import { websocketNote } from './notes.ts';
import { permissionRow, type PermissionRow } from './permission-rows.ts';
import { testedIdentities } from './required-actions.ts';
import { eventsCheck, metricsCheck } from './subscription-checks.ts';

export type SelfTest = {
  readonly checks: readonly Check[];
  readonly permissions: readonly PermissionRow[];
  /** What cannot be tested from here, and has to be known. */
  readonly notes: readonly string[];
  /** Which events about computes Azure has sent so far, under which operation names. */
  readonly eventKinds: readonly Pick<EventCount, 'name' | 'count'>[];
};

/** Whether everything that Lamplighter lives by is there; reads only. */
export async function selfTest(flow: Flow): Promise<SelfTest> {
  const { subscriptions } = flow.scope;
  const perSubscription = await inParallel(subscriptions, fewAtATime, async (subscriptionId) => [
    await eventsCheck(flow, subscriptionId),
    await metricsCheck(flow, subscriptionId),
  ]);
  const pairs = subscriptions.flatMap((subscriptionId) =>
    testedIdentities.map((identity) => ({ subscriptionId, identity })),
  );
  const permissions = await inParallel(pairs, fewAtATime, ({ subscriptionId, identity }) =>
    permissionRow(flow, subscriptionId, identity),
  );
  return {
    checks: [
      await timerCheck(flow),
      await sweepCheck(flow),
      notifierCheck(flow),
      await policyCheck(flow),
      await haltCheck(flow),
      await brakeCheck(flow),
      await directoryCheck(flow),
      ...perSubscription.flat(),
    ],
    permissions,
    notes: [websocketNote],
    eventKinds: (await listEventCounts(flow.ports.ledger, 'kinds')).map(({ name, count }) => ({
      name,
      count,
    })),
  };
}
