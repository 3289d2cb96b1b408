import {
  amendSweep,
  claimSweep,
  type LatestSweep,
  readLatestSweep,
  writeSweepSummary,
} from '../ledger/sweeps.ts';
import { orchestrations } from '../workflows/names.ts';
import type { Flow } from './flow.ts';
import { sweepIdOf } from './ids.ts';
import { emptySummary } from './plan-sweep.ts';
import { type DurableStarter, startOrchestration } from './start-orchestration.ts';

/** Timers fire a little late or early; without slack every sweep would slip by a minute. */
const slackMs = 30_000;
const defaultEveryMs = 300_000;

export type BegunSweep = { readonly begun: boolean; readonly sweepId: string | null };

function nextSweep(latest: LatestSweep | null, now: number): LatestSweep {
  const number = (latest?.number ?? 0) + 1;
  const byTime = sweepIdOf(now);
  const taken = latest !== null && latest.sweepId.startsWith(byTime);
  return {
    number,
    sweepId: taken ? `${byTime}-${number}` : byTime,
    startedAt: now,
    everyMs: latest?.everyMs ?? defaultEveryMs,
    launched: false,
  };
}

/**
 * Begins a sweep if one is due (`when-due`, what the timer does each minute) or at once (`now`). The ledger decides who
 * begins it, so late, doubled and overlapping calls begin one. `sweepId` of a sweep not begun is that of the running one.
 */
export async function beginSweep(
  flow: Flow,
  client: DurableStarter,
  when: 'when-due' | 'now',
): Promise<BegunSweep> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const stored = await readLatestSweep(ledger);
  const latest = stored?.latest ?? null;
  if (when === 'when-due' && latest !== null && latest.startedAt + latest.everyMs - slackMs > now) {
    // The claim was made, and the process may have died before its workflow was started.
    if (latest.launched) return { begun: false, sweepId: latest.sweepId };
    await launch(flow, client, latest);
    return { begun: true, sweepId: latest.sweepId };
  }
  const next = nextSweep(latest, now);
  if (!(await claimSweep(ledger, next, stored?.etag ?? null))) {
    const other = await readLatestSweep(ledger);
    return { begun: false, sweepId: other?.latest.sweepId ?? null };
  }
  // Whoever asks for it finds it from now on, also if a newer one takes its place before it does anything.
  await writeSweepSummary(ledger, emptySummary(next.sweepId, next.number, next.startedAt));
  await launch(flow, client, next);
  return { begun: true, sweepId: next.sweepId };
}

async function launch(flow: Flow, client: DurableStarter, sweep: LatestSweep): Promise<void> {
  await startOrchestration(client, orchestrations.sweep, sweep.sweepId, { sweepId: sweep.sweepId });
  await amendSweep(flow.ports.ledger, sweep.sweepId, { launched: true });
}
