import { z } from 'zod';
import { sameName, type WorkspaceRef } from '../../../core/ids.ts';
import { partitionOf } from '../../../ledger/partitions.ts';
import { type ComputeView, computeView, computeViewOf } from '../../../present/json/compute-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { InvalidInput } from '../invalid-input.ts';
import {
  type FleetFilter,
  inChunks,
  knownWorkspaces,
  readWorkspaceComputes,
} from '../../../fleet/read-fleet.ts';
import { answer, route } from '../route.ts';
import { mayUse } from '../visible-compute.ts';

const query = z.strictObject({
  workspace: z.string().max(255).optional().meta({ description: 'Name of the workspace' }),
  action: z.enum(['keep', 'warn', 'stop', 'start']).optional(),
  reason: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'A reason code, or the beginning of one: keep.unknown' }),
  owner: z.guid().optional().meta({ description: 'Object id of the owner' }),
  mine: z.literal('true').optional().meta({ description: 'For admins: only one’s own' }),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  after: z
    .string()
    .regex(/^[\w-]{1,60}\.\d{1,6}$/, 'is not a "next" of an earlier answer')
    .optional(),
});
type Query = z.output<typeof query>;

function filterOf(given: Query, caller: Parameters<typeof mayUse>[0]): FleetFilter {
  return {
    mayUse: (owner) =>
      mayUse(caller, owner) && (given.mine === undefined || owner?.objectId === caller.objectId),
    wants: (decision) =>
      (given.action === undefined || decision.action === given.action) &&
      (given.reason === undefined ||
        decision.reason === given.reason ||
        decision.reason.startsWith(`${given.reason}.`)) &&
      (given.owner === undefined || decision.owner?.objectId === given.owner.toLowerCase()),
  };
}

type Position = { readonly partition: string; readonly index: number };

function positionOf(after: string | undefined): Position | null {
  if (after === undefined) return null;
  const [partition, index] = after.split('.');
  if (partition === undefined)
    throw new InvalidInput('query', [{ field: 'after', detail: 'cannot be read' }]);
  return { partition, index: Number(index) };
}

/** Workspaces from the position on; the one it stands in comes first, to be read on. */
function remaining(workspaces: readonly WorkspaceRef[], position: Position | null): readonly WorkspaceRef[] {
  return position === null ? workspaces : workspaces.filter((ref) => partitionOf(ref) >= position.partition);
}

export const listComputes = ({ ports, settings }: AppDoors) =>
  route(
    {
      name: 'httpComputesList',
      method: 'GET',
      path: 'computes',
      access: 'signed-in',
      summary: 'Computes with the latest decision about each: one’s own, for an admin all',
      query,
      answers: {
        status: 200,
        schema: z.object({
          formatVersion,
          computes: z.array(computeView),
          next: z
            .string()
            .nullable()
            .meta({ description: 'Give it as "after" to read on; null: that was all' }),
        }),
      },
    },
    async (call) => {
      const { ledger } = ports;
      const filter = filterOf(call.query, call.caller);
      const position = positionOf(call.query.after);
      const named = call.query.workspace;
      const all = await knownWorkspaces(ledger, settings.scope);
      const workspaces = remaining(
        all.filter((ref) => named === undefined || sameName(ref.workspace, named)),
        position,
      );
      const computes: ComputeView[] = [];
      const read = async (ref: WorkspaceRef) => ({
        partition: partitionOf(ref),
        found: await readWorkspaceComputes(ledger, ref, filter, call.at),
      });
      for await (const { partition, found } of inChunks(workspaces, read)) {
        const start = position?.partition === partition ? position.index : 0;
        for (const [index, known] of found.entries()) {
          if (index < start) continue;
          if (computes.length === call.query.limit) {
            return answer(200, { formatVersion: 1, computes, next: `${partition}.${index}` });
          }
          computes.push(computeViewOf(known));
        }
      }
      return answer(200, { formatVersion: 1, computes, next: null });
    },
  );
