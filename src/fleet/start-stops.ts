import type { WarnReason } from '../core/idle/types.ts';
import { readStartable } from '../ledger/candidates.ts';
import { isLatestSweep } from '../ledger/sweeps.ts';
import { orchestrations } from '../workflows/names.ts';
import type { StartInput } from '../workflows/start.ts';
import type { StopInput } from '../workflows/stop.ts';
import type { Flow } from './flow.ts';
import { stopInstanceId, warningIdOf } from './ids.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { startInstanceId } from './schedule/start-instance.ts';
import { type DurableStarter, startOrchestration } from './start-orchestration.ts';

/** Starts the workflow of every warning that the sweep decided on, and again those of warnings that lost theirs. */
export async function startStops(
  flow: Flow,
  client: DurableStarter,
  input: { readonly sweepId: string },
): Promise<{ readonly started: number }> {
  const { ledger } = flow.ports;
  if (!(await isLatestSweep(ledger, input.sweepId))) return { started: 0 };
  const candidates = await readStartable(ledger, input.sweepId);
  await inParallel(candidates, fewAtATime, async ({ decision, resume }) => {
    const { ref } = decision;
    const { schedule, scheduledAt: startAt, until: untilAt } = decision.facts;
    if (decision.action === 'start') {
      if (schedule === undefined || startAt === undefined || untilAt === undefined) return;
      const start: StartInput = { ref, schedule, startAt, untilAt };
      await startOrchestration(client, orchestrations.start, startInstanceId(start), start);
      return;
    }
    const stop: StopInput =
      resume === null
        ? {
            ref,
            reason: decision.reason as WarnReason,
            warningId: warningIdOf(ref, input.sweepId),
            sweepId: input.sweepId,
          }
        : { ref, ...resume };
    await startOrchestration(client, orchestrations.stop, stopInstanceId(ref, stop.warningId), stop);
  });
  return { started: candidates.length };
}
