import { computeKey, type ComputeRef, shortHash, workspaceKey, type WorkspaceRef } from '../../core/ids.ts';
import { readLook, type StoredLook, writeLook } from '../../ledger/attach-looks.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { ReconcileInput } from '../../workflows/reconcile.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, startOrchestration } from '../start-orchestration.ts';

/** What an event is about. */
export type LookedAt =
  | { readonly kind: 'compute'; readonly ref: ComputeRef }
  | { readonly kind: 'run'; readonly workspace: WorkspaceRef; readonly run: string };

/** Events come in flocks: a write and its follow-ups, and copies of each. */
const firstDelayMs = 10_000;
/** Where events go on coming, there is a look no more often than this. */
const busyDelayMs = 30_000;
const busyWithinMs = 60_000;
const triesOnConflict = 8;

const subjectOf = (what: LookedAt): string =>
  what.kind === 'compute'
    ? computeKey(what.ref)
    : `${workspaceKey(what.workspace)}/runs/${what.run.toLowerCase()}`;

/**
 * Asks for a look, within half a minute; whatever else asks until then is answered by the same look. The ledger decides who
 * starts it, so that a thousand copies of an event start one. Throws retryable faults, so that the event comes again.
 */
export async function bringForward(
  flow: Flow,
  client: DurableStarter,
  what: LookedAt,
): Promise<'asked' | 'joined'> {
  const { ledger, clock } = flow.ports;
  const subject = subjectOf(what);
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const now = clock.now();
    const stored = await readLook(ledger, subject);
    if (stored !== null && stored.look.dueAt > now) {
      // Whoever wrote it may have died before the workflow was started.
      if (!stored.look.launched) await launch(flow, client, what, stored);
      return 'joined';
    }
    const busy = stored !== null && now - stored.look.dueAt < busyWithinMs;
    const dueAt = now + (busy ? busyDelayMs : firstDelayMs);
    const claimed = await writeLook(ledger, stored, { subject, dueAt, launched: false });
    if (claimed === null) continue;
    await launch(flow, client, what, claimed);
    return 'asked';
  }
  throw new LamplighterError('Too many events about one compute arrive at once.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Nothing needs doing: the event comes again.',
  });
}

async function launch(flow: Flow, client: DurableStarter, what: LookedAt, stored: StoredLook): Promise<void> {
  const { subject, dueAt } = stored.look;
  const input: ReconcileInput = { what, dueAt };
  await startOrchestration(
    client,
    orchestrations.reconcile,
    `reconcile-${shortHash(subject, 20)}-${dueAt}`,
    input,
  );
  await writeLook(flow.ports.ledger, stored, { ...stored.look, launched: true });
}
