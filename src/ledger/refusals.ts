import { z } from 'zod';
import type { RefusalReason } from '../core/session/enrolment.ts';
import type { Ledger } from '../ports/ledger.ts';
import { encodeRow } from './codec.ts';
import { dayMs, historyKeptMs, oldestFirst } from './time-key.ts';

const partition = 'refusals';
const triesOnConflict = 8;
const codec = z.object({ counts: z.record(z.string(), z.number()) });

const dayOf = (at: number): number => Math.floor(at / dayMs) * dayMs;

/**
 * Counts a refused request of an agent by day and reason. Under a flood some may be missed: a count must not hold up the
 * agents that are welcome.
 */
export async function countRefusal(ledger: Ledger, why: RefusalReason, at: number): Promise<void> {
  const row = oldestFirst(dayOf(at));
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const found = await ledger.get('enrolments', partition, row);
    const counts = codec.safeParse(found?.value).data?.counts ?? {};
    const value = encodeRow({
      counts: { ...counts, [why]: (counts[why] ?? 0) + 1 },
      expiresAt: at + historyKeptMs,
    });
    const written = await ledger.write(
      'enrolments',
      partition,
      found === null ? { kind: 'insert', row, value } : { kind: 'replace', row, value, etag: found.etag },
    );
    if (written.ok) return;
  }
}

/** Refusals by reason since the beginning of the day that `fromAt` lies in. */
export async function readRefusals(
  ledger: Ledger,
  fromAt: number,
): Promise<Readonly<Record<string, number>>> {
  const rows = await ledger.list('enrolments', partition, { from: oldestFirst(dayOf(fromAt)) });
  const total: Record<string, number> = {};
  for (const row of rows) {
    const counts = codec.safeParse(row.value).data?.counts ?? {};
    for (const [why, count] of Object.entries(counts)) total[why] = (total[why] ?? 0) + count;
  }
  return total;
}
