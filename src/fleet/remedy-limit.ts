import { blastLimit } from '../core/idle/brakes.ts';
import { computeKey, type ComputeRef, shortHash } from '../core/ids.ts';
import type { Policy } from '../core/policy/types.ts';
import { listRemedies } from '../ledger/attach-remedies.ts';
import {
  type Batch,
  insertBatch,
  listBatches,
  newBatch,
  readNewestBatch,
  replaceBatch,
} from '../ledger/batches.ts';
import { placeOf } from '../ledger/partitions.ts';
import { listAnnouncedRepairs } from '../ledger/repairs.ts';
import { readLastFinishedSummary } from '../ledger/sweeps.ts';
import type { Flow } from './flow.ts';
import { alertOnce } from './tell.ts';

/** Remedies that fall due this close to one another count as one blow, whether one sweep or many events began them. */
const togetherMs = 3_600_000;
/** A release is about what stands now: whatever of it has not been done in a day is for an admin to look at again. */
const releaseHoldsMs = 24 * 3_600_000;

type Due = { readonly ref: ComputeRef; readonly dueAt: number };

/** Everything in the fleet that is to be detached or repaired, and what lately was. */
async function dueRemedies(flow: Flow, warnMs: number): Promise<readonly Due[]> {
  const { ledger } = flow.ports;
  const detaches = (await listRemedies(ledger))
    .filter(({ status }) => status === 'open' || status === 'detached')
    .map(({ ref, dueAt, noticeAt, begunAt }) => ({ ref, dueAt: dueAt ?? (noticeAt ?? begunAt) + warnMs }));
  return [...detaches, ...(await listAnnouncedRepairs(ledger))];
}

/**
 * Whether so many computes would be detached or repaired at about the same time that none of them is: so many at once mean
 * a fault in the policy or in what Azure shows. One alert; an admin who finds it right releases exactly these. The limit
 * is that of stops: `maxStopsPercent` of the running instances, never below five machines, at most `maxStops`.
 */
export async function heldByRemedyLimit(flow: Flow, own: Due, policies: readonly Policy[]): Promise<boolean> {
  const { ledger } = flow.ports;
  const rowOf = ({ ref }: Due): string => placeOf(ref).row;
  const batches = (await listBatches(ledger, 100, 'remedies')).map(({ batch }) => batch);
  const now = flow.ports.clock.now();
  const released = new Set(
    batches.flatMap(({ status, rows, releasedAt }) =>
      status === 'released' && now - (releasedAt ?? 0) < releaseHoldsMs ? rows : [],
    ),
  );
  if (released.has(rowOf(own))) return false;
  const running = (await readLastFinishedSummary(ledger))?.running ?? 0;
  const limit = Math.min(...policies.map(({ limits }) => blastLimit(running, limits)));
  const warnMs = Math.max(0, ...policies.map(({ idle }) => idle.warnMs));
  const together = (await dueRemedies(flow, warnMs)).filter(
    (one) => Math.abs(one.dueAt - own.dueAt) <= togetherMs && !released.has(rowOf(one)),
  );
  const isHeld = new Set(together.map(rowOf)).size > limit;
  await settleBatch(flow, isHeld ? together : [], own, limit);
  return isHeld;
}

/** Opens or renews the batch of what is held; one of which nothing is held any more lapses. */
async function settleBatch(flow: Flow, together: readonly Due[], own: Due, limit: number): Promise<void> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const stored = await readNewestBatch(ledger, 'remedies');
  const before = stored?.batch.status === 'held' ? stored.batch : null;
  if (together.length === 0) {
    if (stored === null || before === null || !before.rows.includes(placeOf(own.ref).row)) return;
    await replaceBatch(ledger, stored, { ...before, status: 'lapsed', updatedAt: now });
    return;
  }
  const refs = [...new Map(together.map(({ ref }) => [computeKey(ref), ref])).values()];
  const renewed = newBatch(
    `remedies-${shortHash(`${computeKey(own.ref)}|${now}`, 12)}`,
    now,
    limit,
    refs,
    'remedies',
  );
  const batch: Batch =
    before === null ? renewed : { ...renewed, batchId: before.batchId, heldAt: before.heldAt };
  const same =
    before !== null && JSON.stringify(before.rows.toSorted()) === JSON.stringify(batch.rows.toSorted());
  if (same) return;
  // Who was faster tells of it.
  const written =
    before !== null && stored !== null
      ? await replaceBatch(ledger, stored, batch)
      : await insertBatch(ledger, batch);
  if (!written) return;
  await alertOnce(flow, {
    alertId: `blast-${batch.batchId}`,
    code: 'blast-limit.held',
    title: `${batch.count} detaches or repairs held by the blast limit`,
    sentence: `${batch.count} computes would be detached or repaired at about the same time, more than the limit of ${limit}, so none of them is; an admin who finds that right releases batch ${batch.batchId}.`,
  });
}
