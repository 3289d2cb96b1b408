import { LamplighterError } from '../core/errors.ts';
import type { LedgerTable } from '../ports/ledger.ts';
import type { Flow } from './flow.ts';

/** A table that is missing here would grow for ever: the type makes it an error. */
const tables: Readonly<Record<LedgerTable, true>> = {
  decisions: true,
  warnings: true,
  snoozes: true,
  sweeps: true,
  flags: true,
  policies: true,
  savings: true,
  reports: true,
  requests: true,
  reservations: true,
  findings: true,
  attachments: true,
  answers: true,
  starts: true,
  enrolments: true,
};

/** Deletes what has expired, table by table; one that fails does not keep the others from it. */
export async function pruneLedger(flow: Flow): Promise<number> {
  let pruned = 0;
  const failed: string[] = [];
  for (const table of Object.keys(tables) as LedgerTable[]) {
    try {
      pruned += await flow.ports.ledger.prune(table, flow.ports.clock.now());
    } catch {
      failed.push(table);
    }
  }
  if (failed.length === 0) return pruned;
  throw new LamplighterError(`Old rows of ${failed.join(', ')} could not be deleted.`, {
    code: 'ledger.prune-failed',
    fault: 'azure',
    retryable: true,
    fix: 'Nothing needs doing: it is tried again tomorrow.',
  });
}
