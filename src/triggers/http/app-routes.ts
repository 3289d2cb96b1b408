import type { AgentRoute } from './agent-route.ts';
import { waitingList } from './routes/waiting-list.ts';
import type { AppDoors } from './app-doors.ts';
import { openApiOf } from './openapi.ts';
import type { OpenRoute, Route } from './route.ts';
import { agentKeys } from './routes/agent.ts';
import { attachments } from './routes/attachments.ts';
import { azureQuota } from './routes/azure-quota.ts';
import { batches } from './routes/batches.ts';
import { campaigns } from './routes/campaigns.ts';
import { enrolments } from './routes/enrolments.ts';
import { findings } from './routes/findings.ts';
import { halts } from './routes/halt.ts';
import { instances } from './routes/instances.ts';
import { invitations } from './routes/invitations.ts';
import { listComputes } from './routes/list-computes.ts';
import { links } from './routes/links.ts';
import { offers } from './routes/offers.ts';
import { policySchemaRoute } from './routes/policy-schema.ts';
import { policy } from './routes/policy.ts';
import { quota } from './routes/quota.ts';
import { reports } from './routes/reports.ts';
import { recreations } from './routes/recreations.ts';
import { requests } from './routes/requests.ts';
import { sweeps } from './routes/sweeps.ts';
import { regret } from './routes/regret.ts';
import { stopAfterJob } from './routes/stop-after-job.ts';
import { snoozes } from './routes/snooze.ts';
import { targets } from './routes/targets.ts';
import { readSummary } from './routes/read-summary.ts';
import { readCompute } from './routes/read-compute.ts';

/** Every route that wants a sign-in. */
export const appRoutes = (doors: AppDoors): readonly Route[] => [
  listComputes(doors),
  readCompute(doors),
  readSummary(doors),
  ...snoozes(doors),
  ...stopAfterJob(doors),
  regret(doors),
  ...sweeps(doors),
  ...batches(doors),
  ...halts(doors),
  ...policy(doors),
  ...enrolments(doors),
  invitations(doors),
  ...requests(doors),
  ...waitingList(doors),
  ...instances(doors),
  ...recreations(doors),
  ...campaigns(doors),
  ...attachments(doors),
  ...targets(doors),
  ...quota(doors),
  azureQuota(doors),
  ...findings(doors),
  ...links(doors),
  ...offers(doors),
];

/** Every route for session agents, which sign what they send. */
export const agentRoutes = (doors: AppDoors): readonly AgentRoute[] => [reports(doors), ...agentKeys(doors)];

/** Every route that anybody may ask; the description of all routes is one of them. */
export function openRoutes(
  routes: readonly Route[],
  forAgents: readonly AgentRoute[],
  files: readonly OpenRoute[],
): readonly OpenRoute[] {
  const described: OpenRoute[] = [policySchemaRoute, ...files];
  const description: OpenRoute = {
    name: 'httpOpenApi',
    path: 'openapi.json',
    summary: 'This description',
    contentType: 'application/json',
    answer: () => ({ body: JSON.stringify(openApiOf(routes, [...described, description], forAgents)) }),
  };
  return [...described, description];
}
