import type { ComputeSpec, MetricRange, UserSpec, WorkspaceSpec, WorldSpec } from './world-spec.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The demo's policy protects what bears this tag, and exempts the instances of this name. */
export const demoProtectedTag = { name: 'lamplighter', value: 'keep' } as const;
export const demoExemptInstance = 'ci-summit-demo';

const users: readonly UserSpec[] = [
  { name: 'priya', displayName: 'Priya Raman', teams: ['vision'], manager: 'helen' },
  { name: 'mei', displayName: 'Mei Tanaka', teams: ['vision'], manager: 'helen' },
  { name: 'jonas', displayName: 'Jonas Weber', teams: ['vision'], manager: 'helen' },
  { name: 'lucas', displayName: 'Lucas Moreau', teams: ['vision'], manager: 'helen' },
  { name: 'hannah', displayName: 'Hannah Lindqvist', teams: ['vision'], manager: 'helen' },
  { name: 'omar', displayName: 'Omar Haddad', teams: ['language'], manager: 'helen', roles: ['Approver'] },
  { name: 'sofia', displayName: 'Sofia Conti', teams: ['language'], manager: 'helen' },
  { name: 'tomas', displayName: 'Tomás Novák', teams: ['language'], manager: 'helen' },
  { name: 'yuki', displayName: 'Yuki Mori', teams: ['language'], manager: 'helen' },
  { name: 'elena', displayName: 'Elena Petrova', teams: ['forecasting'], manager: 'helen' },
  { name: 'marek', displayName: 'Marek Kowalski', teams: ['forecasting'], manager: 'helen' },
  { name: 'ravi', displayName: 'Ravi Menon', teams: ['forecasting'], manager: 'helen' },
  { name: 'helen', displayName: 'Helen Okafor', teams: ['platform'], roles: ['Admin'] },
];

const workspaces: readonly WorkspaceSpec[] = [
  { name: 'vision-research', subscription: 'research', resourceGroup: 'rg-vision', location: 'westeurope' },
  { name: 'language-lab', subscription: 'research', resourceGroup: 'rg-language', location: 'westeurope' },
  { name: 'demand-forecast', subscription: 'retail', resourceGroup: 'rg-forecast', location: 'northeurope' },
];

type Load = Omit<MetricRange, 'fromAt' | 'toAt'>;

/** Hours before the start at which each stretch begins; the last one goes on for a month. */
const stretches = (
  startAt: number,
  ...given: readonly (readonly [hoursAgo: number, load: Load])[]
): MetricRange[] =>
  given.map(([hoursAgo, load], index) => {
    const next = given[index + 1];
    return {
      ...load,
      fromAt: startAt - hoursAgo * hourMs,
      toAt: next === undefined ? startAt + 30 * dayMs : startAt - next[0] * hourMs,
    };
  });

const quiet: Load = { cpu: 0.8, network: 0.1 };
const quietGpu: Load = { cpu: 0.8, gpu: 0, network: 0.1 };
const coding: Load = { cpu: 24, network: 3 };
const oneBusyCoreOf32: readonly number[] = Array.from({ length: 32 }, (_, core) => (core === 7 ? 97 : 0));

function instance(
  workspace: string,
  name: string,
  user: string,
  vmSize: string,
  sinceAt: number,
  more: Partial<ComputeSpec>,
): ComputeSpec {
  return {
    name,
    workspace,
    kind: 'ComputeInstance',
    user,
    vmSize,
    sinceAt,
    createdAt: sinceAt - 20 * dayMs,
    ...more,
  };
}

function vision(at: number): readonly ComputeSpec[] {
  const of = instance.bind(null, 'vision-research');
  return [
    of('ci-priya-dev', 'priya', 'Standard_DS3_v2', at - 26 * hourMs, {
      metrics: stretches(at, [26, coding], [9, quiet]),
    }),
    of('ci-jonas-a', 'jonas', 'Standard_NC24s_v3', at - 40 * hourMs, {
      metrics: stretches(at, [40, { cpu: 30, gpu: 88, network: 12 }], [14, quietGpu]),
    }),
    of('ci-mei-finetune', 'mei', 'Standard_NC6s_v3', at - 7 * hourMs, {
      metrics: stretches(at, [7, { cpu: 3, gpu: 92, network: 0.4 }]),
    }),
    of('ci-lucas-sim', 'lucas', 'Standard_D32s_v3', at - 11 * hourMs, {
      metrics: stretches(at, [11, { cpu: oneBusyCoreOf32, network: 0.1 }]),
    }),
    of('ci-hannah-new', 'hannah', 'Standard_DS3_v2', at - 6 * minuteMs, {
      metrics: stretches(at, [0.1, quiet], [-0.4, coding]),
    }),
    of('ci-jonas-old', 'jonas', 'Standard_DS4_v2', at - 12 * dayMs, { state: 'Stopped' }),
  ];
}

function language(at: number): readonly ComputeSpec[] {
  const of = instance.bind(null, 'language-lab');
  return [
    of('ci-omar-train', 'omar', 'Standard_NC12s_v3', at - 30 * hourMs, {
      metrics: stretches(at, [30, quietGpu]),
      jobs: [
        {
          name: 'sharp_kettle_4f2k',
          displayName: 'tokenizer-sweep',
          status: 'Running',
          fromAt: at - 5 * hourMs,
          toAt: at + 8 * hourMs,
        },
      ],
    }),
    of('ci-yuki-etl', 'yuki', 'Standard_E8s_v3', at - 4 * hourMs, {
      metrics: stretches(at, [4, { cpu: 61, network: 45 }]),
    }),
    of('ci-sofia-notebook', 'sofia', 'Standard_DS12_v2', at - 28 * hourMs, {}),
    of('ci-tomas-patchy', 'tomas', 'Standard_DS3_v2', at - 10 * hourMs, {
      metrics: patchy(at),
    }),
    of('ci-scoring-host', 'yuki', 'Standard_F8s_v2', at - 90 * hourMs, {
      metrics: stretches(at, [90, quiet]),
      tags: { [demoProtectedTag.name]: demoProtectedTag.value, service: 'scoring' },
    }),
    of(demoExemptInstance, 'sofia', 'Standard_NC6s_v3', at - 50 * hourMs, {
      metrics: stretches(at, [50, quietGpu]),
    }),
  ];
}

function forecasting(at: number): readonly ComputeSpec[] {
  const of = instance.bind(null, 'demand-forecast');
  return [
    of('ci-elena-wide', 'elena', 'Standard_D16s_v3', at - 33 * hourMs, {
      metrics: stretches(at, [33, coding], [12, quiet]),
      disk: [{ fromAt: at - 33 * hourMs, toAt: at + 30 * dayMs, freeMegabytes: 300 }],
      fails: { stop: ['DiskFull'] },
    }),
    of('ci-ravi-back', 'ravi', 'Standard_DS4_v2', at - 8 * hourMs, {
      metrics: [
        ...stretches(at, [8, coding], [3, quiet]),
        { fromAt: at + 12 * minuteMs, toAt: at + 6 * hourMs, ...coding },
      ],
    }),
    of('ci-marek-resize', 'marek', 'Standard_DS5_v2', at - 25 * minuteMs, { state: 'Resizing' }),
    {
      name: 'cpu-pool',
      workspace: 'demand-forecast',
      kind: 'AmlCompute',
      vmSize: 'Standard_DS3_v2',
      createdAt: at - 60 * dayMs,
      cluster: { minNodes: 0, maxNodes: 8, scaleDownAfterMs: 2 * minuteMs },
    },
  ];
}

/** Three minutes of every four hidden: too little to call it idle. */
const patchy = (at: number): MetricRange[] =>
  Array.from({ length: 10 * 15 * 24 }, (_, index) => {
    const fromAt = at - 10 * hourMs + index * 4 * minuteMs;
    return { ...quiet, fromAt, toAt: fromAt + minuteMs };
  });

/**
 * A small company's instances as they are at `startAt`, one of each kind that matters: idle, expensively idle, busy, one core
 * busy of 32, GPU busy alone, in a job, never measured, patchily measured, just started, protected, exempt, stopped,
 * refusing to stop once, about to be used again, and in a state that Lamplighter does not know.
 */
export const demoFleet = (startAt: number): WorldSpec => {
  const at = Math.floor(startAt / minuteMs) * minuteMs;
  return {
    startAt,
    users,
    workspaces,
    computes: [...vision(at), ...language(at), ...forecasting(at)],
    endpoints: [
      {
        workspace: 'demand-forecast',
        name: 'forecast-api',
        deployments: [{ name: 'blue', vmSize: 'Standard_F4s_v2', instances: 2 }],
      },
    ],
  };
};
