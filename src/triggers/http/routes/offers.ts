import { z } from 'zod';
import { workspaceArmId } from '../../../core/ids.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { offeredSizes } from '../../../fleet/provision/offered-sizes.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { namedWorkspace } from '../named-workspace.ts';
import { answer, route, type Route } from '../route.ts';
import { personOf } from '../../../auth/caller.ts';

const workspaceView = z.object({
  id: z.string().meta({ description: 'ARM id; as "workspace" of a request where several have the name' }),
  name: z.string(),
  location: z.string(),
});
const sizeView = z.object({
  name: z.string(),
  vCPUs: z.number(),
  gpus: z.number(),
  pricePerHourUsd: z.number().nullable(),
});

/** What can be asked for: in which workspaces, and there, which sizes. */
export const offers = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  return [
    route(
      {
        name: 'httpWorkspaces',
        method: 'GET',
        path: 'workspaces',
        access: 'signed-in',
        summary: 'The workspaces that a machine can be asked for in',
        answers: { status: 200, schema: z.object({ formatVersion, workspaces: z.array(workspaceView) }) },
      },
      async () => {
        const workspaces = (await facts.workspaces())
          .map((one) => ({ id: workspaceArmId(one), name: String(one.workspace), location: one.location }))
          .toSorted((one, other) => one.name.localeCompare(other.name));
        return answer(200, { formatVersion: 1, workspaces });
      },
    ),
    route(
      {
        name: 'httpSizes',
        method: 'GET',
        path: 'sizes',
        access: 'signed-in',
        summary:
          'The sizes that a workspace’s region offers and the policy allows the caller, the cheapest first',
        query: z.strictObject({
          workspace: z.string().min(1).max(600).meta({ description: 'Name or ARM id of the workspace' }),
        }),
        answers: { status: 200, schema: z.object({ formatVersion, sizes: z.array(sizeView) }) },
      },
      async ({ caller, query }) => {
        const workspace = await namedWorkspace(facts, query.workspace, 'query');
        const offered = await offeredSizes(flow, facts, workspace, personOf(caller));
        const sizes = offered.map(({ name, vCPUs, gpus, pricePerHourUsd }) => ({
          name,
          vCPUs,
          gpus,
          pricePerHourUsd,
        }));
        return answer(200, { formatVersion: 1, sizes });
      },
    ),
  ];
};
