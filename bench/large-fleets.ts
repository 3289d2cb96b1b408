import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DEFAULT_LIMITS, FreeRunner } from '../src/local/durable/free-runner.ts';
import { RealClock } from '../src/local/real-clock.ts';
import type { SweepSummary } from '../src/ledger/sweeps.ts';
import type { FleetShape } from './fleet/fleet-spec.ts';
import { openFleet } from './fleet/open-fleet.ts';

/**
 * Whole sweeps over large fleets, in real time: 50 ms for every answer of Azure, 10 ms for the ledger's, ARM's token buckets, as many activities
 * at once as one worker runs. The first sweep writes everything anew and warns, the second finds little new.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const megabyte = 1_048_576;
const latencyMs = 50;
const ledgerLatencyMs = 10;
const policy =
  'version: 1\nmode: enforce\nsweep: { every: 1m }\nlimits: { maxStops: 5000, maxStopsPercent: 100 }\n';
const pollMs = 20;

const usedHeap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

async function measure(shape: FleetShape, bar: string): Promise<void> {
  const clock = new RealClock({ factor: 1, startAt: Date.UTC(2026, 2, 2, 8) });
  const fleet = await openFleet(shape, { clock, latencyMs, ledgerLatencyMs, policy });
  const faults: unknown[] = [];
  const runner = new FreeRunner(fleet.service.engine, DEFAULT_LIMITS, (fault) => faults.push(fault));
  runner.start();
  const worldBytes = usedHeap();
  let peakBytes = 0;
  const rounds: string[] = [];
  for (const round of ['first', 'second']) {
    // The minute of a sweep names it, so the second waits for the next.
    let sweep: SweepSummary | null = null;
    const known = (await fleet.latestSweep())?.sweepId;
    do {
      if (sweep === null) await fleet.fireTimer();
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed);
      sweep = await fleet.latestSweep();
      if (sweep?.sweepId === known) sweep = null;
    } while (sweep === null || sweep.status === 'running');
    const seconds = ((sweep.finishedAt ?? clock.now()) - sweep.startedAt) / 1000;
    rounds.push(
      `${round} ${seconds.toFixed(1)} s, ${sweep.instances} instances in ${sweep.workspaces} workspaces, ${sweep.warned} warned, ` +
        `${sweep.faults.length} skipped (${sweep.status})`,
    );
  }
  // What the sweep began goes on after it: every warning is sent by a workflow of its own.
  let began = -1;
  while (began !== fleet.service.engine.state.activities.size || began > 0) {
    began = fleet.service.engine.state.activities.size;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const sent = [...fleet.messages].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const kept = usedHeap() - worldBytes;
  console.log(
    `sweep over ${shape.instances} instances in ${shape.workspaces} workspaces of ${shape.subscriptions} subscription(s), ` +
      `${latencyMs} ms latency: ${rounds.join('; ')}; heap: ${(peakBytes / megabyte).toFixed(0)} MB at most, ` +
      `${(kept / shape.workspaces / 1024).toFixed(0)} KB kept per workspace (ledger, history); ${sent}; ${faults.length} engine faults (${bar})`,
  );
  await runner.stop();
  await fleet.service.close();
}

const [instances, workspaces, subscriptions] = process.argv.slice(2).map(Number);
if (instances !== undefined && workspaces !== undefined) {
  await measure({ instances, workspaces, subscriptions: subscriptions ?? 1 }, 'as asked');
} else {
  await measure({ instances: 2500, workspaces: 50, subscriptions: 1 }, 'bar: 60 s, none skipped');
  await measure({ instances: 5000, workspaces: 250, subscriptions: 5 }, 'half of the next');
  await measure({ instances: 10_000, workspaces: 500, subscriptions: 10 }, 'bar: completes, none skipped');
}
process.exit(0);
