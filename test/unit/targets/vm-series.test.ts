import { describe, expect, it } from 'vitest';
import { gpuByName, vmSeries, vmSeriesNames } from '../../../src/core/targets/vm-series.ts';

describe('the series of a VM size', () => {
  it.each([
    ['Standard_D1', 'D'],
    ['Standard_D2_v2', 'Dv2'],
    ['Standard_D2_v3', 'Dv3'],
    ['Standard_DS3_v2', 'DSv2'],
    ['Standard_DS11_v2', 'DSv2'],
    ['Standard_D2s_v3', 'DSv3'],
    ['standard_d64S_V3', 'DSv3'],
    ['Standard_D4ds_v5', 'DDSv5'],
    ['Standard_E8-4ds_v4', 'EDSv4'],
    ['Standard_F72s_v2', 'FSv2'],
    ['Standard_NC6', 'NC'],
    ['Standard_NC6s_v2', 'NCv2'],
    ['Standard_NC24rs_v3', 'NCv3'],
    ['Standard_NC4as_T4_v3', 'NCasT4v3'],
    ['Standard_NC24ads_A100_v4', 'NCadsA100v4'],
    ['Standard_ND6s', 'ND'],
    ['Standard_ND40rs_v2', 'NDv2'],
    ['Standard_NV12s_v3', 'NVv3'],
    ['Standard_HB120rs_v2', 'HBv2'],
    ['Standard_HC44rs', 'HC'],
    ['Standard_M128ms', 'M'],
  ])('of %s is %s', (size, series) => {
    expect(vmSeries(size)).toBe(series);
    expect(vmSeriesNames(size)[0]).toBe(series);
  });

  it.each(['', 'Standard_', 'D', 'Basic-A1', 'Standard_D2_v3_extra', '../Standard_D2'])(
    'is not guessed from %j',
    (size) => {
      expect(vmSeries(size)).toBeNull();
      expect(vmSeriesNames(size)).toEqual([]);
    },
  );

  it.each([
    ['Standard_NC24rs_v3', 'NCsv3'],
    ['Standard_ND6s', 'NDs'],
    ['Standard_HC44rs', 'HCs'],
    ['Standard_NC4as_T4_v3', 'NCasT4_v3'],
  ])('of %s is found under its other name %s, too', (size, other) => {
    expect(vmSeriesNames(size)).toContain(other);
  });
});

describe('what a size name says about GPUs', () => {
  it.each([
    ['Standard_NC6', true],
    ['NDv2', true],
    ['Standard_NC*', true],
    ['Standard_DS3_v2', false],
    ['HBv2', false],
    ['Standard_NP10s', null],
    ['Standard_N*', null],
    ['*', null],
    ['Standard_*', null],
    ['XYZ', null],
  ])('%s: %s', (name, gpu) => {
    expect(gpuByName(name)).toBe(gpu);
  });
});
