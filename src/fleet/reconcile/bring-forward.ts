import { computeKey, type ComputeRef, shortHash, workspaceKey, type WorkspaceRef } from '../../core/ids.ts';
import {
  readLook,
  readLookBudget,
  type StoredLook,
  writeLook,
  writeLookBudget,
} from '../../ledger/attach-looks.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { ReconcileInput } from '../../workflows/reconcile.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, startOrchestration } from '../start-orchestration.ts';

/** What an event is about. */
export type LookedAt =
  | { readonly kind: 'compute'; readonly ref: ComputeRef }
  /** An instance whose job may have ended; another compute is none of a run's business. */
  | { readonly kind: 'instance'; readonly ref: ComputeRef }
  | { readonly kind: 'run'; readonly workspace: WorkspaceRef; readonly run: string };

/** Events come in flocks: a write and its follow-ups, and copies of each. */
const firstDelayMs = 10_000;
/** Where events go on coming, there is a look no more often than this. */
const busyDelayMs = 30_000;
const busyWithinMs = 60_000;
const triesOnConflict = 8;

const subjectOf = (what: LookedAt): string => {
  switch (what.kind) {
    case 'compute':
      return computeKey(what.ref);
    case 'instance':
      return `${computeKey(what.ref)}/after-run`;
    case 'run':
      return `${workspaceKey(what.workspace)}/runs/${what.run.toLowerCase()}`;
  }
};

/**
 * So many different things may be looked at in one workspace within a minute because of events: whoever sends them, Azure is
 * not asked more than that. What is passed over is seen by the next sweep.
 */
const looksPerMinute = 200;
/** They are counted apart by what is looked at, so that a batch of events does not wait for one row. */
const shards = 8;
const triesOfCounting = 24;
const minuteMs = 60_000;

async function isWithinBudget(flow: Flow, what: LookedAt, now: number): Promise<boolean> {
  const { ledger } = flow.ports;
  const shard = Number.parseInt(shortHash(subjectOf(what), 6), 16) % shards;
  const budget = `looks of ${workspaceKey(what.kind === 'run' ? what.workspace : what.ref)}/${shard}`;
  for (let tries = 0; tries < triesOfCounting; tries += 1) {
    const stored = await readLookBudget(ledger, budget);
    const isOver = stored === null || now - stored.budget.sinceAt >= minuteMs;
    const count = isOver ? 0 : stored.budget.count;
    if (count >= looksPerMinute / shards) return false;
    const next = { subject: budget, sinceAt: isOver ? now : stored.budget.sinceAt, count: count + 1 };
    if (await writeLookBudget(ledger, stored, next)) return true;
  }
  // So many at once that nobody can count them: the ledger is what they would wear out.
  return false;
}

/**
 * Asks for a look, within half a minute; whatever else asks until then is answered by the same look. The ledger decides who
 * starts it, so that a thousand copies of an event start one. Throws retryable faults, so that the event comes again.
 */
export async function bringForward(
  flow: Flow,
  client: DurableStarter,
  what: LookedAt,
): Promise<'asked' | 'joined' | 'too-many'> {
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
    if (tries === 0 && !(await isWithinBudget(flow, what, now))) return 'too-many';
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
