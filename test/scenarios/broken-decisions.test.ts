import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ActivityVerdict } from '../../src/core/activity/types.ts';
import { computeKey } from '../../src/core/ids.ts';
import type { InstanceReadings } from '../../src/fleet/readings.ts';
import type { PromiseName } from '../../src/local/simulation/result.ts';
import { runScenario } from '../../src/local/simulation/run-scenario.ts';
import { corpusScenario, shortfalls } from '../support/corpus.ts';

type Fault =
  | 'missing data counts as idle'
  | 'only the mean over all cores counts'
  | 'nobody looks a second time'
  | 'every stop is asked for twice'
  | 'the second look reads nothing again'
  | 'the blast limit is forgotten'
  | 'nobody is warned of a stop';

/** What is wrong with the product while a test runs. */
const planted = vi.hoisted(() => ({ fault: null as Fault | null, seen: new Map<string, unknown>() }));

vi.mock('../../src/core/activity/assess-activity.ts', async (original) => {
  const real = await original<typeof import('../../src/core/activity/assess-activity.ts')>();
  return {
    ...real,
    assessActivity(input: Parameters<typeof real.assessActivity>[0]): ActivityVerdict {
      const { policy } = input;
      const idle = { ...policy.idle, cpuCoresBelow: Number.MAX_VALUE };
      const mean = planted.fault === 'only the mean over all cores counts';
      const verdict = real.assessActivity(mean ? { ...input, policy: { ...policy, idle } } : input);
      const unseen = planted.fault === 'missing data counts as idle' && verdict.activity === 'unknown';
      if (!unseen) return verdict;
      const { idleForMs, unfinishedJobs, evidence } = verdict;
      return {
        activity: 'idle',
        idleForMs: Math.max(idleForMs, policy.idle.afterMs),
        unfinishedJobs,
        evidence,
      };
    },
  };
});

vi.mock('../../src/fleet/second-look.ts', async (original) => {
  const real = await original<typeof import('../../src/fleet/second-look.ts')>();
  return {
    ...real,
    async secondLook(...[flow, input]: Parameters<typeof real.secondLook>) {
      const { computes } = flow.ports;
      if (planted.fault === 'nobody looks a second time') {
        await computes.stop(input.ref);
        return { kind: 'accepted' } as const;
      }
      const looked = await real.secondLook(flow, input);
      if (planted.fault === 'every stop is asked for twice' && looked.kind === 'accepted') {
        await computes.stop(input.ref);
      }
      return looked;
    },
  };
});

vi.mock('../../src/fleet/look-at-workspaces.ts', async (original) => {
  const real = await original<typeof import('../../src/fleet/look-at-workspaces.ts')>();
  return {
    ...real,
    async lookAtWorkspaces(...given: Parameters<typeof real.lookAtWorkspaces>) {
      const looks = await real.lookAtWorkspaces(...given);
      for (const look of looks) {
        if (look.kind !== 'read') continue;
        for (const readings of look.readings.instances) {
          planted.seen.set(computeKey(readings.compute.ref), readings);
        }
      }
      return looks;
    },
  };
});

vi.mock('../../src/fleet/look-at-compute.ts', async (original) => {
  const real = await original<typeof import('../../src/fleet/look-at-compute.ts')>();
  return {
    ...real,
    async lookAtCompute(...given: Parameters<typeof real.lookAtCompute>) {
      const known = planted.seen.get(computeKey(given[1])) as InstanceReadings | undefined;
      if (planted.fault !== 'the second look reads nothing again' || known === undefined) {
        return real.lookAtCompute(...given);
      }
      return { kind: 'read', readings: known, tally: { stops: 0, regrets: 0 }, unread: null } as const;
    },
  };
});

vi.mock('../../src/core/idle/brakes.ts', async (original) => {
  const real = await original<typeof import('../../src/core/idle/brakes.ts')>();
  return {
    ...real,
    applyBrakes(...[decisions, input]: Parameters<typeof real.applyBrakes>) {
      const braked = real.applyBrakes(decisions, input);
      return planted.fault === 'the blast limit is forgotten' ? { ...braked, decisions, held: [] } : braked;
    },
  };
});

vi.mock('../../src/fleet/tell.ts', async (original) => {
  const real = await original<typeof import('../../src/fleet/tell.ts')>();
  return {
    ...real,
    async deliver(...[flow, message]: Parameters<typeof real.deliver>) {
      const silent = planted.fault === 'nobody is warned of a stop' && message.kind === 'warning';
      return silent ? { accepted: true as const, channel: 'none' } : real.deliver(flow, message);
    },
  };
});

afterEach(() => {
  planted.fault = null;
  planted.seen.clear();
});

const withFault = async (fault: Fault, path: string) => {
  planted.fault = fault;
  return runScenario(corpusScenario(path));
};

type Notice = {
  readonly fault: Fault;
  readonly path: string;
  readonly promise: PromiseName;
  /** Seen without the promises' help, too: what the file expects does not come. */
  readonly unmet?: true;
};

/** Faults of the product, each with scenarios that must notice it and the promise that it breaks. */
const notices: readonly Notice[] = [
  {
    fault: 'missing data counts as idle',
    path: 'evidence/no-data-at-all.yaml',
    promise: 'unknown-never-stops',
    unmet: true,
  },
  {
    fault: 'missing data counts as idle',
    path: 'evidence/not-a-number.yaml',
    promise: 'unknown-never-stops',
  },
  {
    fault: 'missing data counts as idle',
    path: 'evidence/partial-data.yaml',
    promise: 'unknown-never-stops',
  },
  { fault: 'missing data counts as idle', path: 'evidence/gpu-unseen.yaml', promise: 'unknown-never-stops' },
  {
    fault: 'only the mean over all cores counts',
    path: 'evidence/one-busy-core-of-thirty-two.yaml',
    promise: 'never-while-active',
    unmet: true,
  },
  {
    fault: 'only the mean over all cores counts',
    path: 'evidence/one-busy-core-of-sixty-four.yaml',
    promise: 'never-while-active',
  },
  {
    fault: 'nobody looks a second time',
    path: 'waiting/use-between-sweep-and-stop.yaml',
    promise: 'never-while-active',
  },
  {
    fault: 'nobody looks a second time',
    path: 'waiting/job-between-sweep-and-stop.yaml',
    promise: 'never-while-active',
    unmet: true,
  },
  { fault: 'nobody looks a second time', path: 'waiting/halt-in-the-middle.yaml', promise: 'halt-holds' },
  {
    fault: 'nobody looks a second time',
    path: 'waiting/observe-in-the-middle.yaml',
    promise: 'writes-only-in-enforce',
  },
  {
    fault: 'nobody looks a second time',
    path: 'waiting/protected-in-the-middle.yaml',
    promise: 'protected-exempt-snoozed',
  },
  {
    fault: 'nobody looks a second time',
    path: 'evidence/idle-machine.yaml',
    promise: 'recorded-before-acting',
  },
  {
    fault: 'the second look reads nothing again',
    path: 'waiting/use-between-sweep-and-stop.yaml',
    promise: 'look-twice',
  },
  {
    fault: 'the second look reads nothing again',
    path: 'waiting/job-between-sweep-and-stop.yaml',
    promise: 'look-twice',
    unmet: true,
  },
  { fault: 'every stop is asked for twice', path: 'evidence/idle-machine.yaml', promise: 'stops-once' },
  { fault: 'the blast limit is forgotten', path: 'limits/six-at-once.yaml', promise: 'blast-limit' },
  { fault: 'nobody is warned of a stop', path: 'evidence/idle-machine.yaml', promise: 'look-twice' },
];

describe('a product in which', () => {
  it.each(notices)('$fault fails $path', async ({ fault, path, promise, unmet }) => {
    const result = await withFault(fault, path);
    const seen = result.expectations.some((one) => !one.met);
    expect({ passed: result.passed, seen: seen || unmet !== true }).toEqual({ passed: false, seen: true });
    expect(result.violations.map((violation) => violation.promise)).toContain(promise);
  });

  it.each([...new Set(notices.map(({ path }) => path))].slice(0, 4))(
    'nothing is broken passes %s',
    async (path) => {
      expect(shortfalls(await runScenario(corpusScenario(path)))).toEqual({ unmet: [], violations: [] });
    },
  );
});
