import { inScope } from '../../config/in-scope.ts';
import type { FindingRecord } from '../../core/findings/types.ts';
import {
  groupPartition,
  readEndedFindings,
  readOpenFindings,
  readOpenGroupFindings,
} from '../../ledger/findings.ts';
import { partitionOf } from '../../ledger/partitions.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';

/** The newest first; `ended` adds those of the last 90 days that are over. */
export async function listFindings(flow: Flow, ended = false): Promise<readonly FindingRecord[]> {
  const { ledger } = flow.ports;
  const workspaces = (await listSeenWorkspaces(ledger))
    .map(({ ref }) => ref)
    .filter((ref) => inScope(flow.scope, ref));
  const lists = await inParallel(workspaces, fewAtATime, async (workspace) => [
    ...(await readOpenFindings(ledger, workspace)).map(({ record }) => record),
    ...(ended ? await readEndedFindings(ledger, partitionOf(workspace)) : []),
  ]);
  const groups = [
    ...(await readOpenGroupFindings(ledger)).map(({ record }) => record),
    ...(ended ? await readEndedFindings(ledger, groupPartition) : []),
  ];
  return [...lists.flat(), ...groups].toSorted(
    (one, other) => other.raisedAt - one.raisedAt || (one.findingId < other.findingId ? -1 : 1),
  );
}
