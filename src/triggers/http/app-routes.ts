import type { WebAssets } from '../../present/web-assets.ts';
import type { AppDoors } from './app-doors.ts';
import { openApiOf } from './openapi.ts';
import type { OpenRoute, Route } from './route.ts';
import { batches } from './routes/batches.ts';
import { dashboard } from './routes/dashboard.ts';
import { halts } from './routes/halt.ts';
import { health } from './routes/health.ts';
import { listComputes } from './routes/list-computes.ts';
import { policySchemaRoute } from './routes/policy-schema.ts';
import { policy } from './routes/policy.ts';
import { sweeps } from './routes/sweeps.ts';
import { regret } from './routes/regret.ts';
import { snoozes } from './routes/snooze.ts';
import { readSummary } from './routes/read-summary.ts';
import { readCompute } from './routes/read-compute.ts';

/** Every route that wants a sign-in. */
export const appRoutes = (doors: AppDoors): readonly Route[] => [
  listComputes(doors),
  readCompute(doors),
  readSummary(doors),
  ...snoozes(doors),
  regret(doors),
  ...sweeps(doors),
  ...batches(doors),
  ...halts(doors),
  ...policy(doors),
];

/** Every route that anybody may ask; the description of all routes is one of them. */
export function openRoutes(routes: readonly Route[], assets: WebAssets): readonly OpenRoute[] {
  const described: OpenRoute[] = [health, policySchemaRoute, ...dashboard(assets)];
  const description: OpenRoute = {
    name: 'httpOpenApi',
    path: 'openapi.json',
    summary: 'This description',
    contentType: 'application/json',
    answer: () => ({ body: JSON.stringify(openApiOf(routes, [...described, description])) }),
  };
  return [...described, description];
}
