import { z } from 'zod';
import { workspaceArmId } from '../../../core/ids.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { beginSweep } from '../../../fleet/begin-sweep.ts';
import { sweepIdOf } from '../../../fleet/ids.ts';
import { emptySummary } from '../../../fleet/plan-sweep.ts';
import {
  listSweepSummaries,
  readLatestSweep,
  readSweepSummary,
  type SweepSummary,
} from '../../../ledger/sweeps.ts';
import { formatVersion, instantOf, instantOrNull } from '../../../present/json/scalars.ts';
import { sweepAnswer, sweepListAnswer, type SweepView } from '../../../present/json/sweep-view.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

const hourMs = 3_600_000;
const listedAtMost = 500;

/** A workflow gives up half an hour after its last good step, and then writes nothing any more. */
const abandonedAfterMs = 45 * 60_000;
const statusAt = (sweep: Pick<SweepSummary, 'status' | 'startedAt'>, at: number): SweepSummary['status'] =>
  sweep.status === 'running' && at - sweep.startedAt > abandonedAfterMs ? 'failed' : sweep.status;

const viewOf = (summary: SweepSummary, at: number): SweepView => ({
  sweepId: summary.sweepId,
  status: statusAt(summary, at),
  startedAt: instantOf(summary.startedAt),
  finishedAt: instantOrNull(summary.finishedAt),
  policyHash: summary.policyHash,
  workspaces: summary.workspaces,
  instances: summary.instances,
  running: summary.running,
  asked: summary.asked,
  decidable: summary.decidable,
  decidableBy: summary.decidableBy,
  byReason: { ...summary.byReason },
  warned: summary.warned,
  withdrawn: summary.withdrawn,
  heldByBlastLimit: summary.heldByBlastLimit,
  batchId: summary.batchId,
  faults: summary.faults.map((fault) => ({
    workspace: fault.workspace === null ? null : workspaceArmId(fault.workspace),
    code: fault.code,
    message: fault.message,
  })),
  error: summary.error,
});

function notFound(sweepId: string): LamplighterError {
  return new LamplighterError(`There was no sweep ${sweepId} in the last 90 days.`, {
    code: 'sweep.not-found',
    fault: 'caller',
    field: 'sweepId',
    fix: 'GET /api/sweeps lists the latest.',
  });
}

function contended(): LamplighterError {
  return new LamplighterError('Several sweeps were begun at once, and none could be told apart.', {
    code: 'sweep.conflict',
    fault: 'caller',
    retryable: true,
    fix: 'Send the request again.',
  });
}

/** Begin a pass over the fleet now, and read what passes came to. */
export const sweeps = ({ ports, settings }: AppDoors): readonly Route[] => [
  route(
    {
      name: 'httpSweepsBegin',
      method: 'POST',
      path: 'sweeps',
      access: 'admin',
      summary: 'Begins a sweep now, in place of one that runs; its status is where Location says',
      creates: true,
      usesDurable: true,
      answers: { status: 202, schema: z.object({ formatVersion, sweepId: z.string(), status: z.string() }) },
    },
    async ({ durable }) => {
      const begun = await beginSweep({ ports, scope: settings.scope }, durable(), 'now');
      // Not begun by us: somebody else's began this moment, and is as good.
      if (begun.sweepId === null) throw contended();
      const location = `/api/sweeps/${begun.sweepId}`;
      return answer(202, { formatVersion: 1, sweepId: begun.sweepId, status: location }, { location });
    },
  ),
  route(
    {
      name: 'httpSweepsList',
      method: 'GET',
      path: 'sweeps',
      access: 'admin',
      summary: 'The sweeps of the last hours, the newest first',
      query: z.strictObject({ hours: z.coerce.number().int().min(1).max(72).default(6) }),
      answers: { status: 200, schema: sweepListAnswer },
    },
    async ({ query, at }) => {
      const from = sweepIdOf(at - query.hours * hourMs);
      const found = await listSweepSummaries(ports.ledger, from, listedAtMost);
      return answer(200, { formatVersion: 1, sweeps: found.map((sweep) => viewOf(sweep, at)).toReversed() });
    },
  ),
  route(
    {
      name: 'httpSweepsRead',
      method: 'GET',
      path: 'sweeps/{sweepId}',
      access: 'admin',
      summary: 'What one sweep looked at and came to',
      params: z.object({
        sweepId: z.string().regex(/^sweep-\d{8}T\d{4}(-\d{1,9})?$/, 'is not the id of a sweep'),
      }),
      answers: { status: 200, schema: sweepAnswer },
    },
    async ({ params: { sweepId }, at }) => {
      const summary = await readSweepSummary(ports.ledger, sweepId);
      if (summary !== null) return answer(200, { formatVersion: 1, ...viewOf(summary, at) });
      const latest = (await readLatestSweep(ports.ledger))?.latest;
      if (latest?.sweepId !== sweepId) throw notFound(sweepId);
      return answer(200, {
        formatVersion: 1,
        ...viewOf(emptySummary(sweepId, latest.number, latest.startedAt), at),
      });
    },
  ),
];
