import { z } from 'zod';
import { LamplighterError } from '../../../core/errors.ts';
import { listBatches, replaceBatch, type Batch } from '../../../ledger/batches.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import {
  computeAddress,
  formatVersion,
  instant,
  instantOf,
  instantOrNull,
} from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

const batchView = z.object({
  batchId: z.string(),
  status: z.enum(['held', 'released', 'spent', 'lapsed']),
  heldAt: instant,
  limit: z.number().int().meta({ description: 'How many computes may be warned newly in one sweep' }),
  count: z.number().int().meta({ description: 'How many this sweep would have warned' }),
  computes: z.array(computeAddress).meta({ description: 'The first hundred of them' }),
  releasedBy: z.string().nullable(),
  releasedAt: instant.nullable(),
});

const viewOf = (batch: Batch): z.infer<typeof batchView> => ({
  batchId: batch.batchId,
  status: batch.status,
  heldAt: instantOf(batch.heldAt),
  limit: batch.limit,
  count: batch.count,
  computes: batch.shown.map(addressOf),
  releasedBy: batch.releasedBy,
  releasedAt: instantOrNull(batch.releasedAt),
});

function notFound(): LamplighterError {
  return new LamplighterError('There is no such batch among the latest.', {
    code: 'batch.not-found',
    fault: 'caller',
    field: 'batchId',
    fix: 'GET /api/batches lists them.',
  });
}

function notHeld(status: string): LamplighterError {
  return new LamplighterError(`This batch is not held any more: it is ${status}.`, {
    code: 'batch.conflict',
    fault: 'caller',
    fix: 'GET /api/batches shows which one is held now.',
  });
}

/** Computes that the blast limit held back, and an admin's word that exactly these may be warned. */
export const batches = ({ ports: { ledger } }: AppDoors): readonly Route[] => [
  route(
    {
      name: 'httpBatchesList',
      method: 'GET',
      path: 'batches',
      access: 'admin',
      summary: 'Computes that the blast limit holds back, the newest batch first',
      answers: { status: 200, schema: z.object({ formatVersion, batches: z.array(batchView) }) },
    },
    async () => {
      const stored = await listBatches(ledger);
      return answer(200, { formatVersion: 1, batches: stored.map((one) => viewOf(one.batch)) });
    },
  ),
  route(
    {
      name: 'httpBatchesRelease',
      method: 'POST',
      path: 'batches/{batchId}/release',
      access: 'admin',
      summary: 'Lets exactly the computes of this batch pass at the next sweep',
      params: z.object({ batchId: z.string().max(100) }),
      answers: { status: 200, schema: batchView.extend({ formatVersion }) },
    },
    async ({ params, caller, at }) => {
      const stored = (await listBatches(ledger)).find((one) => one.batch.batchId === params.batchId);
      if (stored === undefined) throw notFound();
      // Released once is released: pressing the button twice is no fault.
      if (stored.batch.status === 'released')
        return answer(200, { formatVersion: 1, ...viewOf(stored.batch) });
      if (stored.batch.status !== 'held') throw notHeld(stored.batch.status);
      const released: Batch = {
        ...stored.batch,
        status: 'released',
        updatedAt: at,
        releasedBy: caller.name ?? caller.objectId,
        releasedAt: at,
      };
      if (!(await replaceBatch(ledger, stored, released))) throw notHeld('changed by somebody else just now');
      return answer(200, { formatVersion: 1, ...viewOf(released) });
    },
  ),
];
