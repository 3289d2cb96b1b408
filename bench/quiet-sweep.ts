import type { FunctionApp } from '../src/local/host/types.ts';
import { VirtualClock } from '../src/local/virtual-clock.ts';
import type { FleetShape } from './fleet/fleet-spec.ts';
import { openFleet } from './fleet/open-fleet.ts';
import { sweepEveryMs } from './fleet/stepped-sweep.ts';

/**
 * Time that the embedded engine takes for one sweep in which nothing new happens: all of its work on items less the app's own code, which is
 * told beside it. Medians over many sweeps, memory store.
 */
const sweeps = Number(process.argv[2] ?? 200);
const warmUp = 30;

type Times = { engine: number; orchestrators: number; activities: number; items: number };

async function measure(shape: FleetShape): Promise<void> {
  const clock = new VirtualClock(Date.UTC(2026, 2, 2, 8));
  const times: Times = { engine: 0, orchestrators: 0, activities: 0, items: 0 };
  const watch = (app: FunctionApp): FunctionApp => ({
    ...app,
    invoke: async (request) => {
      const from = performance.now();
      const outcome = await app.invoke(request);
      const ms = performance.now() - from;
      const type = app.functions.get(request.functionName)?.trigger.type;
      if (type === 'orchestrationTrigger') times.orchestrators += ms;
      if (type === 'activityTrigger') times.activities += ms;
      return outcome;
    },
  });
  const fleet = await openFleet(shape, { clock, policy: 'version: 1\nmode: observe\n', watch });
  const { engine } = fleet.service;
  const seen: Times[] = [];
  for (let sweep = 0; sweep < sweeps + warmUp; sweep += 1) {
    clock.advanceTo(clock.now() + sweepEveryMs);
    await fleet.fireTimer();
    Object.assign(times, { engine: 0, orchestrators: 0, activities: 0, items: 0 });
    const from = performance.now();
    for (let [item] = engine.ready(); item !== undefined; [item] = engine.ready()) {
      await engine.run(item);
      times.items += 1;
    }
    times.engine = performance.now() - from - times.orchestrators - times.activities;
    if (sweep >= warmUp) seen.push({ ...times });
  }
  const median = (of: (one: Times) => number): number =>
    seen.map(of).sort((one, other) => one - other)[Math.floor(seen.length / 2)] ?? Number.NaN;
  const ms = (of: (one: Times) => number): string => `${median(of).toFixed(2)} ms`;
  console.log(
    `quiet sweep, ${shape.instances} instances in ${shape.workspaces} workspaces: engine ${ms((one) => one.engine)} (bar 5 ms), ` +
      `orchestrators' replay ${ms((one) => one.orchestrators)}, activities ${ms((one) => one.activities)}; ` +
      `${median((one) => one.items)} work items, after ${sweeps} sweeps`,
  );
  await fleet.service.close();
}

await measure({ instances: 20, workspaces: 1, subscriptions: 1 });
await measure({ instances: 200, workspaces: 4, subscriptions: 1 });
await measure({ instances: 200, workspaces: 10, subscriptions: 10 });
process.exit(0);
