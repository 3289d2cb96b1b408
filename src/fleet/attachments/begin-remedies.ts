import { computeKey, shortHash } from '../../core/ids.ts';
import { readRemedy, writeRemedy } from '../../ledger/attach-remedies.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, startOrchestration } from '../start-orchestration.ts';
import type { WantedDetach } from './due-remedies.ts';

/** What was refused or given up is tried again no sooner. */
const againAfterMs = 24 * 3_600_000;

/**
 * Begins the remedy of each attachment once: one that runs goes on, its workflow is started again should it be lost, and
 * one that came to nothing is begun anew a day later.
 */
export async function beginRemedies(
  flow: Flow,
  client: DurableStarter,
  wanted: readonly WantedDetach[],
  /** Findings told since then say what will be done: that was the notice. */
  sinceAt: number,
): Promise<void> {
  const { ledger, clock } = flow.ports;
  for (const { ref, later, toldAt } of wanted) {
    const now = clock.now();
    const stored = await readRemedy(ledger, ref);
    let open = stored?.remedy.endedAt === null ? stored.remedy : null;
    if (open === null) {
      const endedAt = stored?.remedy.endedAt ?? null;
      const mayBegin =
        stored === null || stored.remedy.status === 'detached' || stored.remedy.status === 'withdrawn';
      if (!mayBegin && endedAt !== null && now - endedAt < againAfterMs) continue;
      const begun = await writeRemedy(ledger, stored, {
        remedyId: shortHash(`${computeKey(ref)}|${now}`, 16),
        ref,
        later,
        begunAt: now,
        noticeAt: toldAt !== null && toldAt >= sinceAt ? toldAt : null,
        dueAt: null,
        askedAt: null,
        status: 'open',
        why: '',
        endedAt: null,
      });
      if (begun === null) continue;
      open = begun.remedy;
    }
    await startOrchestration(client, orchestrations.detachDuplicate, `remedy-${open.remedyId}`, { ref });
  }
}
