import { afterEach, describe, expect, it } from 'vitest';
import { sayStopAfterJob, unsayStopAfterJob } from '../../src/fleet/stop-after-job/say-wish.ts';
import { readWish } from '../../src/ledger/after-job-wishes.ts';
import { writeHalt } from '../../src/ledger/flags.ts';
import type { ComputeSpec } from '../../src/local/azure/index.ts';
import { type EventWorld, eventWorld } from '../support/event-world.ts';
import { at, hour, idle, minute, refOf, startAt } from '../support/fleet-world.ts';
import { simulatedSubscription } from '../support/simulated-adapters.ts';

let world: EventWorld;
afterEach(async () => {
  await world.close();
});

/** The machine works as long as its job does. */
const training = (more: Partial<ComputeSpec> = {}): ComputeSpec =>
  idle('ci-ada', {
    jobs: [{ name: 'train', fromAt: startAt - hour, toAt: at(0, 32), status: 'Running' }],
    metrics: [
      { fromAt: startAt - 3 * hour, toAt: startAt + 100 * hour, cpu: 0.4, network: 0 },
      { fromAt: startAt - hour, toAt: at(0, 32), cpu: 80, network: 0 },
    ],
    ...more,
  });
const policyOf = (mode: string, more = ''): string =>
  `version: 1\nmode: ${mode}\nlimits: { maxStopsPercent: 100 }\n${more}`;
const ended = {
  id: 'run-1',
  eventType: 'Microsoft.MachineLearningServices.RunCompleted',
  eventTime: '2026-03-02T08:32:00Z',
  topic: `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1`,
  subject: 'experiments/default/runs/train',
  dataVersion: '1.0',
  metadataVersion: '1',
  data: { experimentId: 'e', experimentName: 'default', runId: 'train', runType: 'azureml.scriptrun' },
};

async function say(job: string | null = 'train', name = 'ci-ada') {
  const got = await world.flow.ports.computes.get(refOf(name));
  if (!got.ok) throw new Error(got.message);
  return sayStopAfterJob(world.flow, got.value, { job, quietForMs: 10 * minute, forMs: 6 * hour, by: 'ada' });
}
async function begin(compute: ComputeSpec, policy: string, until = at(0, 2)): Promise<void> {
  world = await eventWorld([compute], { policy });
  await world.runWithEvents(until);
}
const outcome = async () => (await readWish(world.ledger, refOf('ci-ada')))?.wish.outcome;
const wishes = () => world.told('wish').map(({ sentence }) => sentence);
const client = () => ({ raiseEvent: async () => undefined }) as never;

/** Somebody works on it from so many minutes after the start on. */
const back = (fromMinutes: number) =>
  training({
    metrics: [
      ...(training().metrics ?? []),
      { fromAt: at(0, fromMinutes), toAt: at(3), cpu: 60, network: 0 },
    ],
  });

describe('"stop when my job ends, and tell me"', () => {
  it('tells within a minute of the event, warns from a sweep, looks again and stops', async () => {
    await begin(training(), policyOf('enforce'));
    await say();
    await world.runWithEvents(at(0, 32));
    expect(wishes()).toEqual([]);
    expect(await world.post([ended, ended])).toBe(202);
    await world.runWithEvents(at(0, 33));
    expect(wishes()).toEqual([expect.stringMatching(/^Job train has ended \(Completed\)\. As ada asked/)]);
    expect(world.told('warning')).toEqual([]);
    await world.runWithEvents(at(1, 5));
    expect(world.told('warning').map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(
        /^Ada asked to stop it after job train, which has ended, .* unless it is used or snoozed/,
      ),
    ]);
    const [stoppedAt = 0, ...more] = world.stopsOf('ci-ada');
    expect(more).toEqual([]);
    // Quiet for ten minutes as metrics show it five minutes later, a sweep, ten minutes of warning.
    expect([stoppedAt >= at(0, 52), stoppedAt <= at(1, 3)]).toEqual([true, true]);
    expect((await world.historyOf('ci-ada')).slice(-3)).toEqual([
      'warn.job-ended',
      'stop.job-ended',
      'keep.not-running',
    ]);
    expect(world.told('stopped')).toHaveLength(1);
    expect(await outcome()).toBe('stopped');
    // Once: what is started again is judged like any other.
    world.azure.act({ do: 'start', compute: 'ci-ada', by: 'ada' });
    await world.runWithEvents(at(1, 50));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
  });

  it('tells by the event that the workspace’s topic sends, within a minute of its arrival', async () => {
    world = await eventWorld([training()], {
      policy: policyOf('enforce', 'sweep: { every: 6h }\nidle: { after: 7h }\n'),
      azure: { runEvents: true },
    });
    await world.runWithEvents(at(0, 2));
    await say();
    const arrivesAt = world.delivery.nextAt() ?? 0;
    expect([arrivesAt > at(0, 32), arrivesAt <= at(0, 33)]).toEqual([true, true]);
    await world.runWithEvents(arrivesAt + 40_000);
    expect(wishes()).toEqual([expect.stringMatching(/^Job train has ended/)]);
    // Whom to warn anew is for a sweep to say, and none comes.
    await world.runWithEvents(at(5));
    expect([world.told('warning'), world.stopsOf('ci-ada')]).toEqual([[], []]);
  });

  it.each(['observe', 'warn'])(
    'is a person’s own wish, so it holds in mode %s, without any event',
    async (mode) => {
      await begin(training(), policyOf(mode));
      await say(null);
      await world.runWithEvents(at(1, 10));
      expect(world.stopsOf('ci-ada')).toHaveLength(1);
      expect(wishes()).toEqual([expect.stringMatching(/^All jobs on it have ended\./)]);
    },
  );

  it('never stops whoever has come back, also after the warning', async () => {
    await begin(back(53), policyOf('enforce'));
    await say();
    await world.runWithEvents(at(2));
    expect(world.told('warning')).toHaveLength(1);
    expect(world.told('withdrawn').map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/wish to stop it after its job is over\.$/),
    ]);
    expect([world.stopsOf('ci-ada'), await outcome()]).toEqual([[], 'used']);
    await world.close();

    await begin(back(34), policyOf('enforce'));
    await say();
    await world.runWithEvents(at(2));
    expect(world.told('warning')).toEqual([]);
    expect(wishes().at(-1)).toContain('in use again since its job has ended');
    expect([world.stopsOf('ci-ada'), await outcome()]).toEqual([[], 'used']);
  });

  it('keeps what is unknown since, and says so once', async () => {
    const compute = training({
      metrics: [{ fromAt: startAt - 3 * hour, toAt: at(0, 33), cpu: 80, network: 0 }],
    });
    await begin(compute, policyOf('enforce'));
    await say();
    await world.runWithEvents(at(3));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(wishes()).toEqual([
      expect.stringContaining('has ended'),
      expect.stringContaining('nobody can tell whether it is used'),
    ]);
    await world.runWithEvents(at(7));
    expect(await outcome()).toBe('expired');
  });

  it('waits for another job, and lapses with a restart', async () => {
    const jobs = [
      ...(training().jobs ?? []),
      { name: 'more', fromAt: at(0, 30), toAt: at(1, 31), status: 'Queued' },
    ];
    await begin(training({ jobs }), policyOf('enforce'));
    await say();
    await world.runWithEvents(at(1, 30));
    expect(world.stopsOf('ci-ada')).toEqual([]);
    expect(wishes()).toEqual([expect.stringContaining('1 more job has not ended yet')]);
    world.azure.act({ do: 'restart', compute: 'ci-ada', by: 'ada' });
    await world.runWithEvents(at(1, 45));
    expect(await outcome()).toBe('restarted');
    await world.runWithEvents(at(2, 30));
    expect(world.stopsOf('ci-ada')).toEqual([]);
  });

  it('holds still while halted or snoozed, and goes on after', async () => {
    await begin(training(), policyOf('enforce', 'idle: { after: 6h }\n'));
    await say();
    await writeHalt(world.ledger, { halted: true, at: at(0, 2), by: 'root', why: null });
    await world.runWithEvents(at(2));
    expect([world.stopsOf('ci-ada'), world.told('warning')]).toEqual([[], []]);
    await writeHalt(world.ledger, { halted: false, at: at(2), by: 'root', why: null });
    await world.runWithEvents(at(2, 30));
    expect(world.stopsOf('ci-ada')).toHaveLength(1);
  });

  it('is taken back with its warning', async () => {
    await begin(training(), policyOf('enforce', 'idle: { after: 6h }\n'));
    await say();
    await world.runWithEvents(at(0, 55));
    expect(world.told('warning')).toHaveLength(1);
    const root = { name: 'root', objectId: 'r' };
    expect(await unsayStopAfterJob(world.flow, client(), refOf('ci-ada'), root)).toBe(true);
    await world.runWithEvents(at(3));
    expect([world.stopsOf('ci-ada'), await outcome()]).toEqual([[], 'withdrawn']);
    expect(world.told('withdrawn').map(({ sentence }) => sentence)).toEqual([
      'Kept: root has taken back the wish to stop it after its job.',
    ]);
    expect(await unsayStopAfterJob(world.flow, client(), refOf('ci-ada'), root)).toBe(false);
  });

  it('survives the death of the process at any change, with one stop and each word told once', async () => {
    for (const death of [3, 8, 13, 18, 23, 28]) {
      world = await eventWorld(
        [
          training({
            jobs: [{ name: 'train', fromAt: startAt - hour, toAt: at(0, 4), status: 'Running' }],
            metrics: [{ fromAt: startAt - 3 * hour, toAt: at(99), cpu: 0.4, network: 0 }],
          }),
        ],
        {
          policy: policyOf('observe'),
          diesAfterCommits: death,
        },
      );
      await say();
      await world.runWithEvents(at(1));
      expect([death, world.stopsOf('ci-ada').length, await outcome(), new Set(wishes()).size]).toEqual([
        death,
        1,
        'stopped',
        1,
      ]);
      await world.close();
    }
    world = await eventWorld([]);
  });
});

describe('a wish that could not be fulfilled is refused at once', () => {
  it.each<[string, Partial<ComputeSpec>, string, string | null, string]>([
    ['where no job is', { jobs: [] }, policyOf('enforce'), null, 'after-job.no-job'],
    ['where the job is elsewhere', {}, policyOf('enforce'), 'other', 'after-job.no-such-job'],
    ['where the mode is off', {}, policyOf('off'), 'train', 'after-job.mode-off'],
    [
      'where it is protected',
      {},
      policyOf('enforce', 'protected: [{ compute: ci-* }]\n'),
      'train',
      'after-job.kept',
    ],
    ['where it does not run', { state: 'Stopped' }, policyOf('enforce'), 'train', 'compute.not-running'],
  ])('%s', async (_, more, policy, job, code) => {
    await begin(training(more), policy);
    await expect(say(job)).rejects.toMatchObject({ code });
    expect(await readWish(world.ledger, refOf('ci-ada'))).toBeNull();
  });

  it('where the job has ended', async () => {
    await begin(training(), policyOf('enforce'), at(0, 40));
    await expect(say()).rejects.toMatchObject({ code: 'after-job.job-ended' });
  });
});
