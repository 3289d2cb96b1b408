import { afterEach, describe, expect, it } from 'vitest';
import type { SessionReport } from '../../src/core/activity/types.ts';
import { reportBody } from '../../src/core/session/report-body.ts';
import { takeReport } from '../../src/fleet/enrol-report.ts';
import { readLastFinishedSummary } from '../../src/ledger/sweeps.ts';
import { bodyOf, SimulatedAgent } from '../../src/local/simulation-agent.ts';
import {
  at,
  enforce,
  fleetWorld,
  type FleetWorld,
  hour,
  idle,
  minute,
  refOf,
  startAt,
} from '../support/fleet-world.ts';
import { parseAgentBody } from '../../src/triggers/http/read-agent-body.ts';

let world: FleetWorld;
afterEach(() => world.close());

const quiet: Omit<SessionReport, 'at'> = {
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: null,
  containers: 'idle',
  lastInputAt: null,
  diskFreeMegabytes: 50_000,
};
type Seen = Partial<Omit<SessionReport, 'at'>>;

/** An agent on the instance that reports what `see` says, minute by minute, through the app's own door; null: silence. */
async function reportingTo(name: string, untilAt: number, see: (now: number) => Seen | null): Promise<void> {
  const agent = new SimulatedAgent();
  await agent.enrol(world.flow, refOf(name), null);
  for (let now = world.clock.now(); now < untilAt; now += minute) {
    await world.runTo(now);
    const seen = see(now);
    if (seen === null) continue;
    const { headers, body } = agent.request('report', bodyOf({ ...quiet, ...seen, at: now }), now);
    const request = { header: (header: string) => headers[header] ?? null, body };
    await takeReport(world.flow, request, (bytes) => parseAgentBody(reportBody, bytes));
  }
  await world.runTo(untilAt);
}
const blind = (name: string) => idle(name, { metrics: [] });
const busyCpu = (name: string) =>
  idle(name, { metrics: [{ fromAt: startAt - 3 * hour, toAt: at(20), cpu: 80, network: 0 }] });

describe('an instance that Azure shows nothing of', () => {
  it('is warned and stopped when its agent has seen nothing in use for long enough', async () => {
    world = await fleetWorld([blind('ci-ada')], { policy: enforce() });
    await reportingTo('ci-ada', at(3), () => ({}));

    expect(world.stopsOf('ci-ada')).toHaveLength(1);
    // The reports begin with the run: four fifths of an hour of them, then the warning.
    expect(world.stopsOf('ci-ada')[0]).toBeGreaterThanOrEqual(at(0, 48 + 30));
    expect((await readLastFinishedSummary(world.ledger))?.byReason).toEqual({ 'keep.not-running': 1 });
  });

  it('is kept by one busy minute an hour, and the summary says that session reports decide it', async () => {
    world = await fleetWorld([blind('ci-ada')], { policy: enforce() });
    await reportingTo('ci-ada', at(2, 30), (now) =>
      ((now - startAt) / minute) % 50 === 0 ? { kernels: 'busy' } : {},
    );

    expect(world.told('warning')).toEqual([]);
    expect((await readLastFinishedSummary(world.ledger))?.decidableBy).toEqual({
      metrics: 0,
      session: 1,
      both: 0,
      neither: 0,
    });
  });

  it('loses its warning when somebody comes back', async () => {
    world = await fleetWorld([blind('ci-ada')], { policy: enforce() });
    await reportingTo('ci-ada', at(2, 30), (now) =>
      now >= at(1, 20) ? { ssh: 'busy', lastInputAt: now } : {},
    );

    expect(world.told('warning', 'ci-ada')).toHaveLength(1);
    expect(world.told('withdrawn', 'ci-ada')).toHaveLength(1);
    expect(world.stopsOf('ci-ada')).toEqual([]);
  });

  it.each<[string, (now: number) => Seen | null]>([
    ['falls silent', (now) => (now < at(1, 10) ? {} : null)],
    ['cannot see the load', () => ({ processes: null })],
    ['reports too seldom', (now) => (((now - startAt) / minute) % 2 === 0 ? {} : null)],
  ])('is not stopped when its agent %s', async (_what, see) => {
    world = await fleetWorld([blind('ci-ada')], { policy: enforce() });
    await reportingTo('ci-ada', at(2, 30), see);

    expect(world.stopsOf('ci-ada')).toEqual([]);
  });
});

const pausing = (now: number): Seen => (((now - startAt) / minute) % 40 === 0 ? { processes: 'busy' } : {});

describe('an agent that never says idle', () => {
  it('keeps its machine, and after a while that is a finding, pauses or not', async () => {
    const policy = enforce('reportsOnly: { after: 3h }');
    world = await fleetWorld([blind('ci-ada')], { policy });
    const raised = () =>
      world.told('finding', 'ci-ada').filter(({ title }) => title.includes('session reports'));
    await reportingTo('ci-ada', at(2, 55), pausing);
    expect(raised()).toEqual([]);
    await reportingTo('ci-ada', at(4), pausing);

    expect(raised()).toHaveLength(1);
    expect(world.stopsOf('ci-ada')).toEqual([]);
  });
});

describe('an agent that says idle', () => {
  it('stops nothing that Azure shows at work', async () => {
    world = await fleetWorld([busyCpu('ci-ada')], { policy: enforce() });
    await reportingTo('ci-ada', at(2, 30), () => ({}));

    expect(world.told('warning')).toEqual([]);
    expect((await world.decisionOf('ci-ada'))?.reason).toBe('keep.active.cpu');
  });
});
