import { z } from 'zod';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, maybeTime, timeCodec } from './codec.ts';
import { historyKeptMs } from './time-key.ts';

/** Something admins are told once; also what page and CLI show where no notifier is configured. */
export type Alert = {
  /** Says what it is about: the same situation has the same id. */
  readonly alertId: string;
  readonly code: string;
  readonly title: string;
  readonly sentence: string;
  readonly at: number;
  readonly deliveredAt: number | null;
};

const partition = 'alerts';
const codec = z
  .object({
    alertId: z.string(),
    code: z.string().default(''),
    title: z.string().default(''),
    sentence: z.string().default(''),
    at: timeCodec,
    deliveredAt: maybeTime,
  })
  .transform((value): Alert => value);

/** `null`: this situation has been told already. */
export async function insertAlert(ledger: Ledger, alert: Alert): Promise<string | null> {
  const value = encodeRow({ ...alert, expiresAt: alert.at + historyKeptMs });
  const written = await ledger.write('flags', partition, { kind: 'insert', row: alert.alertId, value });
  return written.ok ? written.etag : null;
}

export async function putAlert(ledger: Ledger, alert: Alert): Promise<void> {
  const value = encodeRow({ ...alert, expiresAt: alert.at + historyKeptMs });
  await ledger.write('flags', partition, { kind: 'put', row: alert.alertId, value });
}

export async function readAlert(ledger: Ledger, alertId: string): Promise<Alert | null> {
  const row = await ledger.get('flags', partition, alertId);
  return row === null ? null : decodeRow(codec, row, 'alert');
}

/** The newest first. */
export async function listAlerts(ledger: Ledger): Promise<readonly Alert[]> {
  const rows = await ledger.list('flags', partition);
  return rows.map((row) => decodeRow(codec, row, 'alert')).sort((a, b) => b.at - a.at);
}

/** The situation is over: when it comes back, it is told again. */
export async function dropAlert(ledger: Ledger, alertId: string): Promise<void> {
  await ledger.write('flags', partition, { kind: 'delete', row: alertId });
}
