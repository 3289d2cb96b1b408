import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { workspaceArmId } from '../../../core/ids.ts';
import { fleetFacts } from '../../../fleet/provision/fleet-facts.ts';
import { setAzureQuota } from '../../../fleet/quota/set-azure-quota.ts';
import { formatVersion, instant, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';
import { namedWorkspace } from '../named-workspace.ts';

const wish = z.strictObject({
  workspace: z.string().min(1).max(500).meta({ description: 'Name or ARM id of the workspace' }),
  family: z.string().min(1).max(100).meta({ description: 'VM family, such as standardDSv2Family' }),
  cores: z.number().int().min(0).max(1_000_000).meta({ description: 'Dedicated cores it may hold' }),
  why: z.string().trim().max(500).optional(),
});
const setView = z.object({
  formatVersion,
  workspace: z.string().meta({ description: 'ARM id' }),
  location: z.string(),
  family: z.string(),
  cores: z.number(),
  before: z.number().nullable().meta({ description: 'Null: it had none of its own' }),
  status: z.string().meta({ description: 'Azure’s own word' }),
  setAt: instant,
  setBy: z.string(),
});

/** Azure's own limit of a workspace, which it holds against everybody, also past Lamplighter. */
export function azureQuota({ ports, settings }: AppDoors): Route {
  const flow = { ports, scope: settings.scope };
  const facts = fleetFacts(flow);
  return route(
    {
      name: 'httpQuotaSetAzure',
      method: 'PUT',
      path: 'quota/azure',
      access: 'admin',
      summary: 'Set Azure’s own limit of cores of one family in one workspace; the same twice is the same',
      body: wish,
      answers: { status: 200, schema: setView },
    },
    async ({ body, caller }) => {
      const workspace = await namedWorkspace(facts, body.workspace, 'body');
      const { family, cores } = body;
      const by = nameOf(caller);
      const set = await setAzureQuota(flow, facts, { workspace, family, cores, by, why: body.why ?? null });
      return answer(200, {
        formatVersion: 1,
        workspace: workspaceArmId(set.workspace),
        location: set.location,
        family: set.family,
        cores: set.cores,
        before: set.before,
        status: set.status ?? '',
        setAt: instantOf(set.at),
        setBy: set.by,
      });
    },
  );
}
