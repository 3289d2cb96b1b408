import { z } from 'zod';
import { isAdmin, personOf } from '../../../auth/caller.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { parseObjectId } from '../../../core/ids.ts';
import type { LimitState } from '../../../core/quota/types.ts';
import { readAllTeams } from '../../../fleet/findings/all-teams.ts';
import { fleetVerdict } from '../../../fleet/findings/conclude-findings.ts';
import type { EndpointsInUse } from '../../../fleet/quota/endpoints.ts';
import { readPolicyInForce } from '../../../fleet/policy-store.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { checkMachine } from '../../../fleet/quota/check-machine.ts';
import { type AzureLimits, readAzureLimits } from '../../../fleet/quota/azure-limits.ts';
import { readLastFinishedSummary } from '../../../ledger/sweeps.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import { limitViewOf } from '../../../present/json/limit-view.ts';
import { machineCheckView } from '../../../present/json/machine-check-view.ts';
import { type AzureQuotaView, type EndpointsView, quotaView } from '../../../present/json/quota-view.ts';
import { formatVersion, instantOrNull } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { namedWorkspace } from '../named-workspace.ts';
import { answer, route, type Route } from '../route.ts';

const endpointsViewOf = (seen: EndpointsInUse): EndpointsView => ({
  deployments: [...seen.deployments],
  unread: [...seen.unread],
  readAt: instantOrNull(seen.readAt),
});
/** Cores of one family; null where some cannot be told. */
function coresHeld(seen: EndpointsInUse | null, family: string | null): number | null {
  if (seen === null || family === null || seen.unread.length > 0) return null;
  if (seen.deployments.some(({ cores }) => cores === null)) return null;
  const ofFamily = seen.deployments.filter((one) => one.family?.toLowerCase() === family.toLowerCase());
  return ofFamily.reduce((sum, { cores }) => sum + (cores ?? 0), 0);
}
const azureQuotaViewOf = ({ workspaceLimits, endpoints, ...limits }: AzureLimits): AzureQuotaView => ({
  ...limits,
  families: [...limits.families],
  endpoints: endpointsViewOf(endpoints),
  workspaceLimits:
    workspaceLimits?.map(({ setAt, ...limit }) => ({ ...limit, setAt: instantOrNull(setAt) })) ?? null,
});

const wish = z.strictObject({
  workspace: z.string().min(1).max(500).meta({ description: 'Name or ARM id of the workspace' }),
  vmSize: z.string().min(1).max(100),
  name: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Where the rules ask for names; Lamplighter’s own if left out' }),
  for: z.guid().optional().meta({ description: 'Object id of the person it is for; oneself if left out' }),
});
const standing =
  'A stopped instance keeps its quota, and its disk, public IP and load balancer are billed on.';

/** Where limits stand, and what a request would meet. */
export const quota = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  return [
    route(
      {
        name: 'httpQuotaRead',
        method: 'GET',
        path: 'quota',
        access: 'signed-in',
        summary: 'Where the policy’s limits stand: one’s own and one’s teams’, for an admin all, and Azure’s',
        answers: {
          status: 200,
          schema: quotaView.extend({ formatVersion }),
        },
      },
      async ({ caller }) => {
        const policy = await readPolicyInForce(ports.ledger);
        const teams = await readAllTeams(flow, policy.policy);
        const faults = (await readLastFinishedSummary(ports.ledger))?.faults ?? [];
        const { verdict } = await fleetVerdict(flow, policy, teams, faults);
        const isOwn = ({ group }: LimitState): boolean =>
          (group.per === 'user' && group.key === caller.objectId) ||
          (group.per === 'team' && teams.get(group.name)?.has(caller.objectId) === true);
        const limits = verdict.limits.filter((limit) => isAdmin(caller) || isOwn(limit));
        const azure = isAdmin(caller) ? await readAzureLimits(flow) : [];
        return answer(200, {
          formatVersion: 1,
          note: standing,
          limits: limits.map(limitViewOf),
          azure: azure.map(azureQuotaViewOf),
        });
      },
    ),
    route(
      {
        name: 'httpQuotaCheck',
        method: 'POST',
        path: 'quota/check',
        access: 'signed-in',
        summary: 'What a request for such a machine would meet; nothing is reserved',
        body: wish,
        answers: { status: 200, schema: machineCheckView.extend({ formatVersion }) },
      },
      async ({ body, caller }) => {
        if (body.for !== undefined && body.for.toLowerCase() !== caller.objectId && !isAdmin(caller)) {
          throw new LamplighterError('Only an admin may ask this for somebody else.', {
            code: 'auth.forbidden',
            fault: 'caller',
            field: 'for',
            fix: 'Leave "for" out to ask for yourself.',
          });
        }
        const workspace = await namedWorkspace(facts, body.workspace, 'body');
        const other = body.for === undefined || body.for.toLowerCase() === caller.objectId ? null : body.for;
        const forPerson = other === null ? personOf(caller) : { objectId: parseObjectId(other), name: null };
        const check = await checkMachine(flow, facts, {
          workspace,
          vmSize: body.vmSize,
          forPerson,
          name: body.name ?? null,
        });
        const { verdict, sizeFaults, room } = check;
        const refused = sizeFaults.length > 0 || verdict === null || verdict.outcome === 'refused';
        return answer(200, {
          formatVersion: 1,
          outcome: refused ? 'refused' : check.approval === null ? 'granted' : 'approval',
          codes: [...new Set([...sizeFaults.map(({ code }) => code), ...(verdict?.codes ?? [])])],
          approval:
            check.approval === null
              ? null
              : { approvers: check.approval.approvers, because: [...check.approval.because] },
          sizeFaults: sizeFaults.map(({ code, why }) => ({ code, detail: why })),
          limits: (verdict?.limits ?? []).map(limitViewOf),
          ownStopped: room.ownStopped.map(({ ref }) => addressOf(ref)),
          enoughIfDeleted: room.enough,
          sizesWithRoom: check.sizes.map(({ name }) => name),
          endpointCores: coresHeld(check.endpoints, check.family),
          endpoints: check.endpoints === null || !isAdmin(caller) ? null : endpointsViewOf(check.endpoints),
        });
      },
    ),
  ];
};
