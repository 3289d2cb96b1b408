import type { WorkspaceRef } from '../../core/ids.ts';
import { isEnrolled } from '../../fleet/enrol-invite.ts';
import { inParallel } from '../../fleet/in-parallel.ts';
import { readEnrolments } from '../../ledger/enrolments.ts';
import { readRefusals } from '../../ledger/refusals.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { AgentsView } from '../../present/json/agents-view.ts';
import { readAtOnce } from '../../fleet/read-fleet.ts';

const dayMs = 86_400_000;
const recentMs = 10 * 60_000;

/** The session agents of these workspaces. */
export async function readAgents(
  ledger: Ledger,
  workspaces: readonly WorkspaceRef[],
  now: number,
): Promise<AgentsView> {
  const found = await inParallel(workspaces, readAtOnce, (ref) => readEnrolments(ledger, ref));
  const enrolled = found.flatMap((one) => [...one.values()]).filter((one) => isEnrolled(one, now));
  return {
    enrolled: enrolled.length,
    reporting: enrolled.filter(({ lastReport }) => lastReport !== null && now - lastReport.at <= recentMs)
      .length,
    refused: await readRefusals(ledger, now - 6 * dayMs),
    days: 7,
  };
}
