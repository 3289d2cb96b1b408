import { vmSeriesNames } from './vm-series.ts';

/** Sizes that have a server to themselves. */
const isolatedSizes: ReadonlySet<string> = new Set([
  'standard_m128ms',
  'standard_f72s_v2',
  'standard_nc24s_v3',
  'standard_nc24rs_v3',
]);

export const isIsolatedSize = (vmSize: string): boolean => isolatedSizes.has(vmSize.toLowerCase());

/** Series that Azure ML documents without restriction, and those for which Azure wants to be asked first. */
const openSeries = ['D', 'Dv2', 'Dv3', 'DSv2', 'DSv3', 'FSv2', 'NC', 'NV'];
const askedForSeries = ['HBv2', 'HC', 'M', 'NCv2', 'NCv3', 'ND', 'NDv2', 'NVv3'];
export const documentedSeries: readonly string[] = [...openSeries, ...askedForSeries];

const inAny = (names: readonly string[], series: readonly string[]): boolean => {
  const lower = new Set(series.map((one) => one.toLowerCase()));
  return names.some((name) => lower.has(name.toLowerCase()));
};

/**
 * What is documented of a size's series; the region's list is newer and wins where it says otherwise. `ask-azure`: its
 * quota is 0 until Azure has granted some.
 */
export function documentedSupport(vmSize: string): 'open' | 'ask-azure' | 'undocumented' {
  const names = vmSeriesNames(vmSize);
  if (inAny(names, askedForSeries)) return 'ask-azure';
  return inAny(names, openSeries) ? 'open' : 'undocumented';
}
