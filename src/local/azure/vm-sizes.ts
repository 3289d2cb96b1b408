import type { SizeSpec } from './world-spec.ts';

export type VmSizeRecord = Required<Omit<SizeSpec, 'pricePerHour'>> & {
  readonly pricePerHour: number | null;
};

type Row = readonly [
  name: string,
  vCPUs: number,
  gpus: number,
  memoryGB: number,
  pricePerHour: number,
  family: string,
];

// Linux list prices per hour in USD, rounded; the DSv2 rows are those of the published ARM sample.
const rows: readonly Row[] = [
  ['Standard_DS1_v2', 1, 0, 3.5, 0.07, 'standardDSv2Family'],
  ['Standard_DS2_v2', 2, 0, 7, 0.15, 'standardDSv2Family'],
  ['Standard_DS3_v2', 4, 0, 14, 0.29, 'standardDSv2Family'],
  ['Standard_DS4_v2', 8, 0, 28, 0.58, 'standardDSv2Family'],
  ['Standard_DS5_v2', 16, 0, 56, 1.17, 'standardDSv2Family'],
  ['Standard_DS11_v2', 2, 0, 14, 0.18, 'standardDSv2Family'],
  ['Standard_DS12_v2', 4, 0, 28, 0.37, 'standardDSv2Family'],
  ['Standard_DS13_v2', 8, 0, 56, 0.74, 'standardDSv2Family'],
  ['Standard_DS14_v2', 16, 0, 112, 1.48, 'standardDSv2Family'],
  ['Standard_D2s_v3', 2, 0, 8, 0.12, 'standardDSv3Family'],
  ['Standard_D4s_v3', 4, 0, 16, 0.24, 'standardDSv3Family'],
  ['Standard_D8s_v3', 8, 0, 32, 0.48, 'standardDSv3Family'],
  ['Standard_D16s_v3', 16, 0, 64, 0.96, 'standardDSv3Family'],
  ['Standard_D32s_v3', 32, 0, 128, 1.92, 'standardDSv3Family'],
  ['Standard_D48s_v3', 48, 0, 192, 2.88, 'standardDSv3Family'],
  ['Standard_D64s_v3', 64, 0, 256, 3.84, 'standardDSv3Family'],
  ['Standard_E4s_v3', 4, 0, 32, 0.32, 'standardESv3Family'],
  ['Standard_E8s_v3', 8, 0, 64, 0.64, 'standardESv3Family'],
  ['Standard_E16s_v3', 16, 0, 128, 1.28, 'standardESv3Family'],
  ['Standard_E20s_v3', 20, 0, 160, 1.6, 'standardESv3Family'],
  ['Standard_E32s_v3', 32, 0, 256, 2.56, 'standardESv3Family'],
  ['Standard_F4s_v2', 4, 0, 8, 0.19, 'standardFSv2Family'],
  ['Standard_F8s_v2', 8, 0, 16, 0.39, 'standardFSv2Family'],
  ['Standard_F16s_v2', 16, 0, 32, 0.78, 'standardFSv2Family'],
  ['Standard_F32s_v2', 32, 0, 64, 1.55, 'standardFSv2Family'],
  ['Standard_F48s_v2', 48, 0, 96, 2.33, 'standardFSv2Family'],
  ['Standard_F64s_v2', 64, 0, 128, 3.1, 'standardFSv2Family'],
  ['Standard_F72s_v2', 72, 0, 144, 3.49, 'standardFSv2Family'],
  ['Standard_NC6', 6, 1, 56, 0.9, 'standardNCFamily'],
  ['Standard_NC6s_v3', 6, 1, 112, 3.06, 'standardNCSv3Family'],
  ['Standard_NC12s_v3', 12, 2, 224, 6.12, 'standardNCSv3Family'],
  ['Standard_NC24s_v3', 24, 4, 448, 12.24, 'standardNCSv3Family'],
  ['Standard_NC24rs_v3', 24, 4, 448, 13.46, 'standardNCSv3Family'],
  ['Standard_ND40rs_v2', 40, 8, 672, 22.03, 'standardNDv2Family'],
  ['Standard_NV6', 6, 1, 56, 1.14, 'standardNVFamily'],
  ['Standard_NV12s_v3', 12, 1, 112, 1.14, 'standardNVSv3Family'],
  ['Standard_M128ms', 128, 0, 3892, 26.69, 'standardMSFamily'],
  ['Standard_HB120rs_v2', 120, 0, 456, 3.6, 'standardHBrsv2Family'],
];

const forBoth = ['AmlCompute', 'ComputeInstance'];

/** The sizes of every simulated region, keys lower-cased; `extra` adds sizes or replaces some. */
export function vmSizeCatalogue(extra: readonly SizeSpec[] = []): ReadonlyMap<string, VmSizeRecord> {
  const sizes = new Map<string, VmSizeRecord>();
  for (const [name, vCPUs, gpus, memoryGB, pricePerHour, family] of rows) {
    sizes.set(name.toLowerCase(), {
      name,
      vCPUs,
      gpus,
      memoryGB,
      pricePerHour,
      family,
      supportedComputeTypes: forBoth,
    });
  }
  for (const size of extra) {
    const before = sizes.get(size.name.toLowerCase());
    sizes.set(size.name.toLowerCase(), {
      name: size.name,
      vCPUs: size.vCPUs,
      gpus: size.gpus ?? before?.gpus ?? 0,
      family: size.family,
      memoryGB: size.memoryGB ?? before?.memoryGB ?? size.vCPUs * 4,
      pricePerHour: size.pricePerHour === undefined ? (before?.pricePerHour ?? null) : size.pricePerHour,
      supportedComputeTypes: size.supportedComputeTypes ?? before?.supportedComputeTypes ?? forBoth,
    });
  }
  return sizes;
}
