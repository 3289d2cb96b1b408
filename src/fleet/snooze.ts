import { explain } from '../core/explain/explain.ts';
import { LamplighterError } from '../core/errors.ts';
import { held } from '../core/idle/decide.ts';
import type { ComputeRef } from '../core/ids.ts';
import { formatDuration } from '../core/policy/duration.ts';
import { readDecision, recordDecision } from '../ledger/decisions.ts';
import { writeSnooze } from '../ledger/snoozes.ts';
import { readOpenWarningsOf } from '../ledger/warnings.ts';
import type { Flow } from './flow.ts';
import { stopInstanceId } from './ids.ts';
import { longestSnooze } from './longest-snooze.ts';
import { putOffPlatformStop } from './put-off-platform-stop.ts';
import { type DurableWaker, wakeOrchestration } from './start-orchestration.ts';
import { endWarningWith } from './withdraw-warning.ts';

export type SnoozeRequest = {
  readonly ref: ComputeRef;
  /** From now on; 0 ends a snooze. */
  readonly forMs: number;
  /** Who wants peace, for the sentence. Whether they may was checked at the door. */
  readonly by: string;
};
export type Snoozed = {
  readonly until: number;
  /** Warnings that it withdrew. */
  readonly withdrawn: readonly string[];
  /** A stop was being asked for already when it was written. */
  readonly tooLate: boolean;
  /** What its owner has to know: the platform's own shutdown may come before the snooze is over. */
  readonly notice: string | null;
};

const triesOnConflict = 4;

/**
 * "Not now": the row first, since it alone counts; then open warnings are withdrawn and their workflows woken. It does not
 * restart the idle clock. Throws `snooze.too-long` beyond the `idle.maxSnooze` of this instance.
 */
export async function snooze(flow: Flow, client: DurableWaker, request: SnoozeRequest): Promise<Snoozed> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const maxSnoozeMs = await longestSnooze(flow, request.ref);
  if (!Number.isFinite(request.forMs) || request.forMs < 0 || request.forMs > maxSnoozeMs) {
    throw new LamplighterError(`A snooze lasts at most ${formatDuration(maxSnoozeMs)}.`, {
      code: 'snooze.too-long',
      fault: 'caller',
      field: 'for',
      fix: `Ask for ${formatDuration(maxSnoozeMs)} or less; it can be snoozed again later.`,
    });
  }
  const until = now + request.forMs;
  await writeSnooze(ledger, { ref: request.ref, until, at: now, by: request.by });
  if (until <= now) return { until, withdrawn: [], tooLate: false, notice: null };

  const current = await readDecision(ledger, request.ref);
  const kept =
    current === null
      ? null
      : held({ ...current, at: now }, 'keep.snoozed', {
          until,
          ...(request.by === '' ? {} : { by: request.by }),
        });
  const tell = kept === null ? 'Kept: snoozed.' : explain(kept);
  const { withdrawn, tooLate } = await withdrawAll(flow, request.ref, tell);
  if (kept !== null && withdrawn.length > 0) await recordDecision(ledger, kept);
  for (const warningId of withdrawn) {
    await wakeOrchestration(client, stopInstanceId(request.ref, warningId), 'snoozed');
  }
  const notice = await putOffPlatformStop(flow, request.ref, until);
  return { until, withdrawn, tooLate, notice };
}

async function withdrawAll(
  flow: Flow,
  ref: ComputeRef,
  tell: string,
): Promise<Pick<Snoozed, 'withdrawn' | 'tooLate'>> {
  const withdrawn: string[] = [];
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const open = await readOpenWarningsOf(flow.ports.ledger, ref);
    const reachable = open.filter(({ warning }) => warning.stopRequestedAt === null);
    for (const stored of reachable) {
      const close = { outcome: 'withdrawn', reason: 'keep.snoozed', tell } as const;
      if (await endWarningWith(flow, stored, close)) withdrawn.push(stored.warning.warningId);
    }
    const left = await readOpenWarningsOf(flow.ports.ledger, ref);
    if (left.every(({ warning }) => warning.stopRequestedAt !== null)) {
      return { withdrawn, tooLate: left.length > 0 };
    }
  }
  // The warnings change faster than they can be closed: the second look reads the snooze all the same.
  return { withdrawn, tooLate: false };
}
