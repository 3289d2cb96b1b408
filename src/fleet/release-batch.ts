import { LamplighterError } from '../core/errors.ts';
import { type Batch, listBatches, replaceBatch } from '../ledger/batches.ts';
import type { Flow } from './flow.ts';

/**
 * Lets exactly the computes of a held batch pass at the next sweep or, of remedies, within minutes; `batchId` null: the one held now. Releasing it twice
 * changes nothing. Throws `batch.missing`, or `batch.not-held` when it has passed or its situation is over.
 */
export async function releaseBatch(flow: Flow, batchId: string | null, by: string): Promise<Batch> {
  const { ledger, clock } = flow.ports;
  const limit = batchId === null ? 1 : 100;
  const batches = [...(await listBatches(ledger, limit)), ...(await listBatches(ledger, limit, 'remedies'))];
  const stored = batches.find(({ batch }) =>
    batchId === null ? batch.status === 'held' : batch.batchId === batchId,
  );
  if (stored === undefined) {
    throw new LamplighterError('The blast limit holds no such batch.', {
      code: 'batch.missing',
      fault: 'caller',
      field: 'batch',
      fix: 'Look at the latest sweep for the batch that is held, if one is.',
    });
  }
  const { batch } = stored;
  if (batch.status === 'released') return batch;
  const released: Batch = { ...batch, status: 'released', releasedBy: by, releasedAt: clock.now() };
  if (batch.status === 'held' && (await replaceBatch(ledger, stored, released))) return released;
  throw new LamplighterError(`The batch ${batch.batchId} is no longer held.`, {
    code: 'batch.not-held',
    fault: 'caller',
    field: 'batch',
    fix: 'Look at the latest sweep: what it holds has changed since.',
  });
}
