/**
 * The simulated Azure. A `WorldSpec` (times in ms) goes in; what comes out speaks Azure's wire and obeys the clock.
 *
 *     const azure = createSimulatedAzure(spec, { clock, random });
 *     new AzureMachineLearningWorkspaces(credential, id, { httpClient: createInProcessClient(azure) });
 *     const server = await listen(azure, 0);                 // the same over 127.0.0.1, host in x-original-host
 *     azure.act({ do: 'stop', compute: 'ci-ada', by: 'ada' });       // people, not through Lamplighter
 *     azure.outage({ of: 'metrics', fromAt, toAt }); azure.throttle({ of, retryAfterSeconds, fromAt, toAt });
 *     azure.skew({ of: 'metrics', fromAt, byMs }); azure.planCreation(planner); azure.onRequest(hook);
 *     azure.stateOf(name); azure.show(name); azure.writes; azure.calls; azure.unknownRequests;
 *     azure.events.listen(send) or azure.events.nextDueAt() and azure.events.take(now);
 *     azure.staticToken() for Azure's hosts, await azure.userToken('ada', { roles: ['Lamplighter.User'] }) for the app's doors;
 *     const text = JSON.stringify(azure.snapshot()); restoreSimulatedAzure(JSON.parse(text), { clock, random });
 *
 * Oddities it keeps on purpose: 202 with and without headers, dimension names in lower case, `"NaN"` as text, job and
 * event ids with `resourcegroups`, two spellings of usage types, sizes in capitals, 10 series unless `top` says more.
 */
export {
  createSimulatedAzure,
  restoreSimulatedAzure,
  defaultIdentitySecret,
  type SimulatedAzure,
  type SimulatedAzureOptions,
  type SimulatedAzureSnapshot,
} from './simulated-azure.ts';
export { createInProcessClient } from './in-process-client.ts';
export { listen, originalHostHeader, type LoopbackServer } from './loopback-server.ts';
export { groupIdOf, objectIdOf, subscriptionIdOf, expandResourceId, tenantId } from './names.ts';
export { demoExemptInstance, demoFleet, demoProtectedTag } from './demo-fleet.ts';
export { vmSizeCatalogue } from './vm-sizes.ts';
export type { ComputeSpec, MetricRange, UserSpec, WorldSpec } from './world-spec.ts';
