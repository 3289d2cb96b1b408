import { z } from 'zod';
import { LamplighterError } from '../core/errors.ts';
import type { WorkspaceRef } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow } from './codec.ts';
import { partitionOf } from './partitions.ts';
import { dayMs } from './time-key.ts';

/** Stops and regrets of one workspace in the last 30 days, counted by day and by id so that nothing counts twice. */
export type Tally = { readonly stops: number; readonly regrets: number };

const tallyDays = 30;
const triesOnConflict = 8;
const codec = z.object({
  days: z.record(
    z.string(),
    z.object({ stops: z.array(z.string()).default([]), regrets: z.array(z.string()).default([]) }),
  ),
});
type Days = z.infer<typeof codec>['days'];

const dayOf = (at: number): string => String(Math.floor(at / dayMs));
const recent = (days: Days, now: number): Days =>
  Object.fromEntries(
    Object.entries(days).filter(([day]) => Number(day) > Math.floor(now / dayMs) - tallyDays),
  );

export async function readTally(ledger: Ledger, workspace: WorkspaceRef, now: number): Promise<Tally> {
  const row = await ledger.get('savings', partitionOf(workspace), 'tally');
  if (row === null) return { stops: 0, regrets: 0 };
  const days = Object.values(recent(decodeRow(codec, row, 'tally of stops').days, now));
  return {
    stops: days.reduce((sum, day) => sum + day.stops.length, 0),
    regrets: days.reduce((sum, day) => sum + day.regrets.length, 0),
  };
}

/** Counts a stop or a regret about the stop `warningId`; counted again on the same day it changes nothing. */
export async function countInTally(
  ledger: Ledger,
  workspace: WorkspaceRef,
  what: 'stops' | 'regrets',
  warningId: string,
  at: number,
): Promise<void> {
  const partition = partitionOf(workspace);
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const row = await ledger.get('savings', partition, 'tally');
    const days = row === null ? {} : recent(decodeRow(codec, row, 'tally of stops').days, at);
    const day = days[dayOf(at)] ?? { stops: [], regrets: [] };
    if (Object.values(days).some((one) => one[what].includes(warningId))) return;
    const value = encodeRow({
      days: { ...days, [dayOf(at)]: { ...day, [what]: [...day[what], warningId] } },
    });
    const written = await ledger.write(
      'savings',
      partition,
      row === null
        ? { kind: 'insert', row: 'tally', value }
        : { kind: 'replace', row: 'tally', value, etag: row.etag },
    );
    if (written.ok) return;
  }
  throw new LamplighterError('The tally of stops is being written by too many at once.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Nothing needs doing: it is tried again.',
  });
}
