import { describe, expect, it } from 'vitest';
import { runScenario } from '../../../src/local/simulation/run-scenario.ts';
import { smallScenario, type SmallWorld } from '../../support/small-scenario.ts';

const run = (given: SmallWorld, seed?: number) =>
  runScenario(smallScenario(given), seed === undefined ? {} : { seed });
const met = async (given: SmallWorld): Promise<readonly boolean[]> =>
  (await run(given)).expectations.map((one) => one.met);
const actions = async (given: SmallWorld, action: string): Promise<readonly string[]> =>
  (await run(given)).timeline.flatMap((entry) => (entry.action === action ? [entry.at] : []));

const stopped = (window: string): string => `{ compute: ci-ada, stopped: ${window} }`;
const because = (reason: string): string => `{ compute: ci-ada, stopped: { after: 0s }, reason: ${reason} }`;
const protecting = (match: string): string => `{ mode: enforce, protected: [${match}] }`;

describe('time in a scenario', () => {
  it('begins with a sweep at the start, and moves on by sweep.every', async () => {
    const { calls } = await run({ duration: '1h', policy: '{ mode: observe, sweep: { every: 15m } }' });
    expect(calls['list']).toBe(5);
  });

  it('is kept to the second by warnings and stops, whatever the seed does to timers', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { timeline } = await run({ duration: '40m' }, seed);
      expect(timeline.find((entry) => entry.action === 'warn')?.at).toBe('0s');
      expect(timeline.find((entry) => entry.action === 'azure.stop-accepted')?.at).toBe('30m');
    }
  });

  it('that is no whole minute of the day does not matter', async () => {
    const scenario = smallScenario({ duration: '40m' });
    const later = { ...scenario, startAt: scenario.startAt + 17_000, endAt: scenario.endAt + 17_000 };
    const { timeline } = await runScenario(later);
    expect(timeline.find((entry) => entry.action === 'azure.stop-accepted')?.at).toBe('30m');
  });
});

describe('deeds at one time', () => {
  it('happen in file order, before the sweep of that time', async () => {
    const { timeline } = await run({
      duration: '20m',
      timeline: [
        '{ at: 10m, do: snooze, compute: ci-ada, for: 2h, by: ada }',
        '{ at: 10m, do: stop, compute: ci-ada, by: ada }',
        '{ at: 10m, do: start, compute: ci-ada, by: ada }',
      ],
    });
    const at10 = timeline.filter((entry) => entry.at === '10m');
    expect(at10.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      'person.snooze done',
      'keep keep.snoozed',
      'person.stop done',
      'person.start refused',
      'keep keep.not-running',
    ]);
  });
});

describe('an expectation', () => {
  it('has a window that includes both its ends', async () => {
    const wanted = [
      stopped('{ after: 30m, before: 30m }'),
      stopped('{ after: 30m1s }'),
      stopped('{ before: 29m59s }'),
      stopped('never'),
      '{ compute: ci-ada, warned: { before: 0s }, stopped: { after: 30m } }',
      '{ compute: ci-ada, warned: { before: 0s }, stopped: never }',
    ];
    expect(await met({ duration: '40m', expect: wanted })).toEqual([true, false, false, false, true, false]);
  });

  it('of a reason wants that reason', async () => {
    expect(
      await met({ duration: '40m', expect: [because('stop.idle'), because('stop.max-uptime')] }),
    ).toEqual([true, false]);
  });

  it('of never passes over what people do', async () => {
    const timeline = ['{ at: 10m, do: stop, compute: ci-ada, by: ada }'];
    const wanted = [stopped('never'), '{ compute: ci-ada, state: Stopped, at: end }'];
    expect(await met({ duration: '40m', timeline, expect: wanted })).toEqual([true, true]);
  });

  it('at a time sees what was due at that time, and nothing later', async () => {
    const wanted = [
      '{ compute: ci-ada, decision: warn.idle, at: 0s }',
      '{ compute: ci-ada, decision: warn.idle, at: 29m59s }',
      '{ compute: ci-ada, decision: stop.idle, at: 30m }',
      '{ compute: ci-ada, state: Running, at: 29m59s }',
      '{ compute: ci-ada, state: Stopping, at: 30m }',
      '{ compute: ci-ada, state: Stopped, at: 32m }',
      '{ compute: ci-ada, exists: true, at: end }',
    ];
    expect(await met({ duration: '40m', expect: wanted })).toEqual(wanted.map(() => true));
  });

  it('of calls counts those of Lamplighter, refused ones too', async () => {
    const wanted = [
      '{ armCalls: { operation: stop, atLeast: 2, atMost: 2 } }',
      '{ armCalls: { operation: start, atMost: 0 } }',
      '{ armCalls: { operation: stop, atMost: 1 } }',
    ];
    const machine = 'fails: { stop: [DiskFull] }';
    expect(await met({ duration: '50m', machine, expect: wanted })).toEqual([true, true, false]);
  });

  it('that is not met says what was seen', async () => {
    const { passed, expectations } = await run({ duration: '40m', expect: [stopped('never')] });
    expect(passed).toBe(false);
    expect(expectations).toEqual([
      {
        expect: { compute: 'ci-ada', stopped: 'never' },
        met: false,
        saw: 'stopped at 30m (stop.idle)',
      },
    ]);
  });
});

describe('a crash', () => {
  it.each(['beforeStopCall', 'afterStopCall'])(
    '%s happens at the first stop call from its time on, and the stop is made once',
    async (when) => {
      const timeline = [`{ at: 5m, do: crash, when: ${when}, compute: ci-ada }`];
      const wanted = [
        '{ compute: ci-ada, stopped: { after: 30m, before: 30m } }',
        '{ armCalls: { operation: stop, atLeast: 1, atMost: 1 } }',
      ];
      const { passed, timeline: told } = await run({ duration: '1h', timeline, expect: wanted });
      expect(passed).toBe(true);
      expect(told.filter((entry) => entry.reason === when).map((entry) => entry.at)).toEqual(['30m']);
    },
  );

  it('at the moment of a sweep does not lose the sweep', async () => {
    const timeline = ['{ at: 10m, do: crash }'];
    const { calls } = await run({ duration: '10m', policy: '{ mode: observe }', timeline });
    expect(calls['list']).toBe(3);
  });
});

describe('surroundings', () => {
  it('refuse deliveries while teams is out, and the warning is given afterwards', async () => {
    const timeline = ['{ at: 0s, do: outage, of: teams, for: 20m }'];
    const wanted = [
      '{ compute: ci-ada, decision: keep.warning-undelivered, at: 10m }',
      '{ compute: ci-ada, warned: { after: 20m, before: 40m } }',
      '{ compute: ci-ada, stopped: { after: 50m, before: 1h10m } }',
    ];
    expect(await met({ duration: '2h', timeline, expect: wanted })).toEqual([true, true, true]);
  });

  it('without a ledger stop nothing', async () => {
    const timeline = ['{ at: 5m, do: outage, of: ledger, for: 1h }'];
    const wanted = ['{ compute: ci-ada, stopped: { after: 1h5m, before: 1h15m } }'];
    expect(await met({ duration: '2h', timeline, expect: wanted })).toEqual([true]);
  });

  it('let a policy speak of teams and subscriptions by the names of the file', async () => {
    const users = '[{ name: ada, teams: [vision] }]';
    const wanted = ['{ compute: ci-ada, decision: keep.protected, at: 10m }'];
    for (const match of ['{ team: vision }', '{ subscription: sub1 }', '{ user: ada }']) {
      expect(await met({ duration: '20m', users, policy: protecting(match), expect: wanted })).toEqual([
        true,
      ]);
    }
  });
});

describe('people', () => {
  it('act with their own roles, and what is refused is told', async () => {
    expect(
      await actions({ duration: '10m', timeline: ['{ at: 5m, do: halt, by: ada }'] }, 'person.halt'),
    ).toEqual(['5m']);
    const { timeline } = await run({
      duration: '10m',
      timeline: [
        '{ at: 5m, do: halt, by: ada }',
        '{ at: 5m, do: snooze, compute: ci-ada, for: 1h, by: bob }',
        '{ at: 5m, do: halt, by: root }',
      ],
    });
    const told = timeline.filter((entry) => entry.action.startsWith('person.'));
    expect(told.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      'person.halt refused',
      'person.snooze refused',
      'person.halt done',
    ]);
  });
});

describe('one seed', () => {
  const world: SmallWorld = {
    duration: '90m',
    machine: 'fails: { stop: [DiskFull, Throttled] }, reports: [{ from: 0h, to: 10m, kernels: busy }]',
    computes: [1, 2, 3, 4].map(
      (index) =>
        `{ name: ci-x${index}, workspace: ws1, kind: ComputeInstance, since: -3h, user: bob, metrics: [{ from: -3h, to: 9h, cpu: 0.4 }] }`,
    ),
    timeline: [
      '{ at: 10m, do: snooze, compute: ci-x1, for: 30m, by: bob }',
      '{ at: 20m, do: crash }',
      '{ at: 25m, do: throttle, of: arm, retryAfter: 90s, for: 10m }',
    ],
  };

  it.each([1, 2])('gives the same bytes each time (%i)', async (seed) => {
    const first = JSON.stringify(await run(world, seed));
    expect(JSON.stringify(await run(world, seed))).toBe(first);
  });

  it('gives another order of events than some other seed, and the same outcome', async () => {
    const outcomes = await Promise.all([1, 2, 3].map((seed) => run(world, seed)));
    expect(new Set(outcomes.map((one) => JSON.stringify(one.timeline))).size).toBeGreaterThan(1);
    for (const one of outcomes) expect(one.violations).toEqual([]);
  });
});

describe('a snooze before any sweep has seen the machine', () => {
  it.each([
    ['ada', 'keep.snoozed'],
    ['root', 'keep.snoozed'],
    ['bob', 'warn.idle'],
  ])('by %s leads to %s', async (by, reason) => {
    const timeline = [`{ at: 0s, do: snooze, compute: ci-ada, for: 1h, by: ${by} }`];
    const wanted = [`{ compute: ci-ada, decision: ${reason}, at: 5m }`];
    expect(await met({ duration: '10m', timeline, expect: wanted })).toEqual([true]);
  });
});
