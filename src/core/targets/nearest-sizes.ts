import type { VmSize } from '../computes.ts';
import { gpuByName, vmSeriesNames } from './vm-series.ts';

type Wanted = {
  readonly cores: number | null;
  readonly gpus: number | null;
  readonly hasGpu: boolean | null;
};

/** Azure puts a number into every size's name that is its cores or grows with them. */
const numberIn = (vmSize: string): number | null => {
  const digits = /^(?:standard_)?[a-z]+(\d+)/i.exec(vmSize)?.[1];
  return digits === undefined ? null : Number(digits);
};

function wantedOf(vmSize: string, size: VmSize | null): Wanted {
  if (size !== null) return { cores: size.vCPUs, gpus: size.gpus, hasGpu: size.gpus > 0 };
  return { cores: numberIn(vmSize), gpus: null, hasGpu: gpuByName(vmSize) };
}

/** Doublings between two counts: 4 and 8 are as far apart as 32 and 64. */
const doublings = (one: number, other: number): number =>
  Math.abs(Math.log2(Math.max(one, 0.5)) - Math.log2(Math.max(other, 0.5)));

function distance(wanted: Wanted, series: ReadonlySet<string>, size: VmSize): number {
  const otherKind = wanted.hasGpu !== null && wanted.hasGpu !== size.gpus > 0 ? 100 : 0;
  const gpus = wanted.gpus === null ? 0 : 4 * doublings(wanted.gpus + 1, size.gpus + 1);
  const cores = wanted.cores === null ? 0 : 2 * doublings(wanted.cores, size.vCPUs);
  const otherSeries = vmSeriesNames(size.name).some((name) => series.has(name)) ? 0 : 1;
  return otherKind + gpus + cores + otherSeries;
}

const price = (one: VmSize): number => one.pricePerHourUsd ?? Number.POSITIVE_INFINITY;

/** The sizes most like the one wanted, nearest first; of equals the cheaper, then by name. `size` null: the region does not know it. */
export function nearestSizes(
  vmSize: string,
  size: VmSize | null,
  among: readonly VmSize[],
): readonly VmSize[] {
  const wanted = wantedOf(vmSize, size);
  const series = new Set(vmSeriesNames(vmSize));
  return among
    .filter((one) => one.name.toLowerCase() !== vmSize.toLowerCase())
    .map((one) => ({ one, away: distance(wanted, series, one) }))
    .toSorted(
      (a, b) =>
        a.away - b.away ||
        (price(a.one) < price(b.one) ? -1 : price(a.one) > price(b.one) ? 1 : 0) ||
        (a.one.name < b.one.name ? -1 : 1),
    )
    .map(({ one }) => one);
}
