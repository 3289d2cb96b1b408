import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { azureBench, instance, minuteMs, startAt, sub1, worldOf, ws1Id } from '../../support/azure-world.ts';

type Stretch = { readonly from: number; readonly length: number; readonly cpu: number };
type Deed = { readonly after: number; readonly do: 'start' | 'stop' | 'restart' };

const stretch = fc.record({
  // Tenths of a minute: ranges need not begin at a whole one.
  from: fc.integer({ min: -300, max: 600 }),
  length: fc.integer({ min: 1, max: 400 }),
  cpu: fc.integer({ min: 0, max: 100 }),
});
const deed = fc.record({
  after: fc.integer({ min: 1, max: 200 }),
  do: fc.constantFrom('start' as const, 'stop' as const, 'restart' as const),
});
const tenthMs = minuteMs / 10;

/** What the machine was seen to be, tenth by tenth of a minute, beside the Azure that is asked for it. */
function live(stretches: readonly Stretch[], deeds: readonly Deed[], delayMinutes: number) {
  const metrics = stretches.map(({ from, length, cpu }) => ({
    fromAt: startAt + from * tenthMs,
    toAt: startAt + (from + length) * tenthMs,
    cpu,
  }));
  const bench = azureBench(worldOf([instance('ci-ada', { metrics, sinceAt: startAt - 20 * minuteMs })]), {
    metricsDelayMs: delayMinutes * minuteMs,
  });
  const wasRunning = new Map<number, boolean>();
  const watch = (untilTenth: number): void => {
    for (let tenth = Math.round((bench.clock.now() - startAt) / tenthMs); tenth < untilTenth; tenth++) {
      bench.clock.advanceTo(startAt + tenth * tenthMs);
      wasRunning.set(tenth, bench.azure.stateOf('ci-ada') === 'Running');
    }
    bench.clock.advanceTo(startAt + untilTenth * tenthMs);
  };
  let tenth = 0;
  for (const { after, do: action } of deeds) {
    tenth += after;
    watch(tenth);
    bench.azure.act({ do: action, compute: 'ci-ada' });
  }
  watch(tenth + 150);
  return { bench, metrics, wasRunning };
}

describe('the metrics of a machine', () => {
  it('are exactly the load of the minutes at whose beginning it was running and whose delay is over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch, { maxLength: 6 }),
        fc.array(deed, { maxLength: 4 }),
        fc.integer({ min: 0, max: 6 }),
        async (stretches, deeds, delayMinutes) => {
          const { bench, metrics, wasRunning } = live(stretches, deeds, delayMinutes);
          const now = bench.clock.now();
          const minutes = Math.ceil((now - startAt) / minuteMs);
          const expected = Array.from({ length: minutes }, (_, minute) => {
            const at = startAt + minute * minuteMs;
            const visible = at + minuteMs + delayMinutes * minuteMs <= now;
            const load = metrics.findLast(({ fromAt, toAt }) => fromAt <= at && at < toAt);
            return visible && wasRunning.get(minute * 10) === true ? load?.cpu : undefined;
          });
          const query = new URLSearchParams({
            'api-version': '2024-02-01',
            metricnamespace: 'Microsoft.MachineLearningServices/workspaces',
            metricnames: 'CpuUtilizationPercentage',
            filter: "ComputeName eq '*'",
            starttime: new Date(startAt).toISOString(),
            endtime: new Date(startAt + minutes * minuteMs).toISOString(),
          });
          const url = `https://westeurope.metrics.monitor.azure.com/subscriptions/${sub1}/metrics:getBatch?${query.toString()}`;
          const { body } = await bench.call('POST', url, { resourceids: [ws1Id] });
          type Series = { data: { timeStamp: string; average?: number }[] };
          const { values } = body as { values: { value: { timeseries: Series[] }[] }[] };
          const series = values[0]?.value[0]?.timeseries[0];
          // Without a single point there is no series at all.
          const wanted = expected.every((value) => value === undefined) ? undefined : expected;
          expect(series?.data.map(({ average }) => average)).toEqual(wanted);
        },
      ),
      { numRuns: 60 },
    );
  });
});
