import { explain } from '../core/explain/explain.ts';
import type { Decision } from '../core/idle/types.ts';
import type { WorkspaceRef } from '../core/ids.ts';
import { readWorkspaceDecisions, recordDecisions } from '../ledger/decisions.ts';
import { readOpenWarnings } from '../ledger/warnings.ts';
import type { Flow } from './flow.ts';
import { endWarningWith } from './withdraw-warning.ts';

/**
 * A workspace whose mode is off now: nothing of it is read in Azure any more, what was decided before no longer stands,
 * and no warning is left out.
 */
export async function muteWorkspace(flow: Flow, workspace: WorkspaceRef, policyHash: string): Promise<void> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const previous = await readWorkspaceDecisions(ledger, workspace);
  const standing = [...previous.values()].filter(
    ({ reason, facts }) => reason !== 'keep.mode' || facts.mode !== 'off',
  );
  if (standing.length === 0) return;
  const muted = standing.map(
    ({ ref, owner, vmSize, pricePerHourUsd }): Decision => ({
      ref,
      owner,
      vmSize,
      pricePerHourUsd,
      at: now,
      action: 'keep',
      reason: 'keep.mode',
      facts: { mode: 'off' },
      evidence: null,
      policyHash,
    }),
  );
  await recordDecisions(ledger, workspace, muted, previous);
  for (const [row, warnings] of await readOpenWarnings(ledger, workspace)) {
    const decision = muted.find((one) => previous.get(row)?.ref.compute === one.ref.compute);
    for (const stored of warnings) {
      const tell = decision === undefined ? null : explain(decision);
      await endWarningWith(flow, stored, { outcome: 'withdrawn', reason: 'keep.mode', tell });
    }
  }
}
