import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { releaseBatch } from '../../../fleet/release-batch.ts';
import { type Batch, listBatches } from '../../../ledger/batches.ts';
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
  of: z.enum(['stops', 'remedies']).meta({
    description: 'What is held: warnings and stops, or detaches and repairs that the policy asks for',
  }),
  status: z.enum(['held', 'released', 'spent', 'lapsed']),
  heldAt: instant,
  limit: z.number().int().meta({ description: 'How many computes may be touched at once' }),
  count: z.number().int().meta({ description: 'How many would have been' }),
  computes: z.array(computeAddress).meta({ description: 'The first hundred of them' }),
  releasedBy: z.string().nullable(),
  releasedAt: instant.nullable(),
});

const viewOf = (batch: Batch): z.infer<typeof batchView> => ({
  batchId: batch.batchId,
  of: batch.of,
  status: batch.status,
  heldAt: instantOf(batch.heldAt),
  limit: batch.limit,
  count: batch.count,
  computes: batch.shown.map(addressOf),
  releasedBy: batch.releasedBy,
  releasedAt: instantOrNull(batch.releasedAt),
});

/** Computes that the blast limit held back, and an admin's word that exactly these may be warned, detached or repaired. */
export const batches = ({ ports, settings }: AppDoors): readonly Route[] => [
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
      const stored = [
        ...(await listBatches(ports.ledger)),
        ...(await listBatches(ports.ledger, 20, 'remedies')),
      ];
      const newestFirst = stored
        .map(({ batch }) => batch)
        .toSorted((one, other) => other.heldAt - one.heldAt);
      return answer(200, { formatVersion: 1, batches: newestFirst.map(viewOf) });
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
    async ({ params, caller }) => {
      const released = await releaseBatch({ ports, scope: settings.scope }, params.batchId, nameOf(caller));
      return answer(200, { formatVersion: 1, ...viewOf(released) });
    },
  ),
];
