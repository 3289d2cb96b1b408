import type { MetricName } from '../../core/activity/types.ts';

/** Azure's name of a metric, and ours. */
export type MetricGroup = {
  readonly metrics: ReadonlyMap<string, MetricName>;
  readonly filter: string;
  /** Series that one compute may have over all metrics of the group. */
  readonly seriesPerCompute: number;
};

/**
 * One call per group. A filter may name only dimensions that all metrics of the call have, so that one call for all
 * would have to leave out `DeviceId`: eight GPUs would come as their average, and one busy GPU of eight look idle. The
 * machine metrics are asked for by compute alone: their other dimensions tell apart runs on the same machine, and a
 * machine without a run has no value there to split by.
 */
export const metricGroups: readonly MetricGroup[] = [
  {
    metrics: new Map<string, MetricName>([
      ['CpuUtilizationPercentage', 'cpuPercent'],
      ['CpuUtilizationMillicores', 'cpuMillicores'],
      ['DiskAvailMegabytes', 'diskFreeMegabytes'],
    ]),
    filter: "ComputeName eq '*'",
    seriesPerCompute: 3,
  },
  {
    metrics: new Map<string, MetricName>([
      ['GpuUtilizationPercentage', 'gpuPercent'],
      ['NetworkInputMegabytes', 'networkIn'],
      ['NetworkOutputMegabytes', 'networkOut'],
    ]),
    filter: "ComputeName eq '*' and DeviceId eq '*'",
    // Eight GPUs, and a handful of network devices in each direction.
    seriesPerCompute: 20,
  },
];
