import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { idleFeatures, unsupportedFeatures } from '../../../src/local/simulation/scenario/features.ts';
import { parseScenario } from '../../../src/local/simulation/scenario/parse.ts';
import { faultLine } from '../../../src/core/yaml/fault.ts';

const root = new URL('../../scenarios/', import.meta.url);
const groups = ['evidence', 'waiting', 'failures', 'people', 'limits'];
const files = groups.flatMap((group) =>
  readdirSync(new URL(`${group}/`, root))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${group}/${name}`),
);

const read = (file: string) => parseScenario(file, readFileSync(new URL(file, root), 'utf8'));

describe('the corpus', () => {
  it.each(files)('%s can be read and asks only for what decides about idle instances', (file) => {
    const parsed = read(file);
    expect(parsed.ok ? [] : parsed.faults.map((fault) => faultLine(file, fault))).toEqual([]);
    expect(parsed.ok && unsupportedFeatures(parsed.scenario, idleFeatures)).toEqual([]);
    expect(parsed.ok && parsed.scenario.expectations.length).toBeGreaterThan(0);
  });

  it('says no requirement twice', () => {
    const names = files.map((file) => {
      const parsed = read(file);
      return parsed.ok ? parsed.scenario.name : file;
    });
    expect(new Set(names).size).toBe(files.length);
    expect(files.length).toBeGreaterThanOrEqual(45);
  });

  it('expects of each group both machines that are kept and machines that are stopped', () => {
    for (const group of groups) {
      const whens = files
        .filter((file) => file.startsWith(`${group}/`))
        .flatMap((file) => {
          const parsed = read(file);
          return parsed.ok ? parsed.scenario.expectations.flatMap(({ parts }) => parts) : [];
        })
        .flatMap((part) => (part.expect === 'act' && part.act === 'stopped' ? [part.when] : []));
      expect(whens).toContain('never');
      expect(whens.some((when) => when !== 'never')).toBe(true);
    }
  });
});
