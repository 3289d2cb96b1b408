const machine = ['RunId', 'InstanceId', 'ComputeName'] as const;
const device = ['RunId', 'InstanceId', 'DeviceId', 'ComputeName'] as const;
const legacy = ['Scenario', 'runId', 'NodeId', 'ClusterName'] as const;
const cluster = ['Scenario', 'ClusterName'] as const;

const metricsOf: readonly (readonly [dimensions: readonly string[], names: readonly string[]])[] = [
  [
    machine,
    [
      'CpuCapacityMillicores',
      'CpuMemoryCapacityMegabytes',
      'CpuMemoryUtilizationMegabytes',
      'CpuMemoryUtilizationPercentage',
      'CpuUtilizationMillicores',
      'CpuUtilizationPercentage',
      'DiskAvailMegabytes',
      'DiskReadMegabytes',
      'DiskUsedMegabytes',
      'DiskWriteMegabytes',
      'StorageAPIFailureCount',
      'StorageAPISuccessCount',
    ],
  ],
  [
    device,
    [
      'GpuCapacityMilliGPUs',
      'GpuEnergyJoules',
      'GpuMemoryCapacityMegabytes',
      'GpuMemoryUtilizationMegabytes',
      'GpuMemoryUtilizationPercentage',
      'GpuUtilizationMilliGPUs',
      'GpuUtilizationPercentage',
      'NetworkInputMegabytes',
      'NetworkOutputMegabytes',
      'IBReceiveMegabytes',
      'IBTransmitMegabytes',
    ],
  ],
  [legacy, ['CpuUtilization', 'GpuUtilization', 'GpuMemoryUtilization']],
  [
    cluster,
    [
      'Active Cores',
      'Active Nodes',
      'Idle Cores',
      'Idle Nodes',
      'Leaving Cores',
      'Leaving Nodes',
      'Preempted Cores',
      'Preempted Nodes',
      'Total Cores',
      'Total Nodes',
      'Unusable Cores',
      'Unusable Nodes',
      'Quota Utilization Percentage',
    ],
  ],
];

export type MetricDefinition = { readonly name: string; readonly dimensions: readonly string[] };

/** The platform metrics of a workspace by lower-cased name. Only those of the machine's load carry values here. */
export const metricDefinitions: ReadonlyMap<string, MetricDefinition> = new Map(
  metricsOf.flatMap(([dimensions, names]) =>
    names.map((name): [string, MetricDefinition] => [name.toLowerCase(), { name, dimensions }]),
  ),
);
