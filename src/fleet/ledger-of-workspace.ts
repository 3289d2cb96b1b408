import type { WorkspaceRef } from '../core/ids.ts';
import { readWishes, type StoredWish } from '../ledger/after-job-wishes.ts';
import { readWorkspaceDecisions, type RecordedDecision } from '../ledger/decisions.ts';
import { type Observation, readObservations } from '../ledger/observations.ts';
import { readReportingComputes } from '../ledger/reports.ts';
import { readOpenSavings, type StoredSaving } from '../ledger/savings.ts';
import { readSnoozes, type Snooze } from '../ledger/snoozes.ts';
import { readTally, type Tally } from '../ledger/tallies.ts';
import { readOpenWarnings, type StoredWarning } from '../ledger/warnings.ts';
import type { Ledger } from '../ports/ledger.ts';

/** All rows about one workspace that a look needs, by compute row. */
export type WorkspaceLedger = {
  readonly decisions: ReadonlyMap<string, RecordedDecision>;
  readonly observations: ReadonlyMap<string, Observation>;
  readonly warnings: ReadonlyMap<string, readonly StoredWarning[]>;
  readonly snoozes: ReadonlyMap<string, Snooze>;
  readonly wishes: ReadonlyMap<string, StoredWish>;
  readonly savings: ReadonlyMap<string, StoredSaving>;
  readonly reporting: ReadonlyMap<string, number>;
  readonly tally: Tally;
};

export async function readWorkspaceLedger(
  ledger: Ledger,
  ref: WorkspaceRef,
  now: number,
): Promise<WorkspaceLedger> {
  const [decisions, observations, warnings, snoozes, wishes, savings, reporting, tally] = await Promise.all([
    readWorkspaceDecisions(ledger, ref),
    readObservations(ledger, ref),
    readOpenWarnings(ledger, ref),
    readSnoozes(ledger, ref, now),
    readWishes(ledger, ref),
    readOpenSavings(ledger, ref),
    readReportingComputes(ledger, ref),
    readTally(ledger, ref, now),
  ]);
  return { decisions, observations, warnings, snoozes, wishes, savings, reporting, tally };
}
