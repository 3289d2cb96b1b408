import type { z } from 'zod';
import type { YamlPath } from '../../../core/yaml/fault.ts';
import type { JobRange, MetricRange } from '../../azure/world-spec.ts';
import type { VmSizeRecord } from '../../azure/vm-sizes.ts';
import type { FaultCollector } from './reader.ts';
import type { ReportRange } from './types.ts';
import type { jobsSchema, metricsSchema, reportsSchema } from './world-schema.ts';

type Ranged = { readonly from: number; readonly to?: number | undefined };

/** Notes ranges that end before they begin, or at once. */
export function checkRanges(ranges: readonly Ranged[], path: YamlPath, faults: FaultCollector): void {
  for (const [index, range] of ranges.entries()) {
    if (range.to === undefined || range.to > range.from) continue;
    faults.add([...path, index, 'to'], 'the range ends before it begins, expected a time after from');
  }
}

/** Notes loads per core or device that do not fit the size. A size that nobody knows fits everything. */
export function checkLoads(
  ranges: z.output<typeof metricsSchema>,
  size: VmSizeRecord | undefined,
  path: YamlPath,
  faults: FaultCollector,
): void {
  if (size === undefined) return;
  for (const [index, { cpu, gpu }] of ranges.entries()) {
    if (Array.isArray(cpu) && cpu.length !== size.vCPUs) {
      faults.add(
        [...path, index, 'cpu'],
        `found ${cpu.length} loads, expected ${size.vCPUs}: one for each vCPU of ${size.name}`,
      );
    }
    if (Array.isArray(gpu) && gpu.length !== size.gpus) {
      faults.add(
        [...path, index, 'gpu'],
        `found ${gpu.length} loads, expected ${size.gpus}: one for each GPU of ${size.name}`,
      );
    }
  }
}

export const toMetrics = (ranges: z.output<typeof metricsSchema>, startAt: number): readonly MetricRange[] =>
  ranges.map(({ from, to, cpu, gpu, network }) => ({
    fromAt: startAt + from,
    toAt: startAt + to,
    ...(cpu === undefined ? {} : { cpu }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(network === undefined ? {} : { network }),
  }));

export const toJobs = (ranges: z.output<typeof jobsSchema>, startAt: number): readonly JobRange[] =>
  ranges.map(({ name, from, to, status }) => ({
    name,
    fromAt: startAt + from,
    ...(to === undefined ? {} : { toAt: startAt + to }),
    status,
  }));

export const toReports = (ranges: z.output<typeof reportsSchema>, startAt: number): readonly ReportRange[] =>
  ranges.map(({ from, to, lastInput, ...loads }) => ({
    ...loads,
    fromAt: startAt + from,
    toAt: startAt + to,
    lastInputAt: lastInput === undefined ? null : startAt + lastInput,
  }));
