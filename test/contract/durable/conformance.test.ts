import { beforeAll, describe, expect, it } from 'vitest';
import type { Quirks } from '../../../src/local/durable/quirks.ts';
import { BEYOND_THE_PRODUCT, CASE_GROUPS } from '../../support/durable/case-groups.ts';
import { parseCase } from '../../support/durable/recorded-case.ts';
import { runDurableConformance, type ConformanceRow } from '../../support/durable/run-durable-conformance.ts';

const NOT_OFFERED = ['rewind-failed', 'rewind-still-failing', 'rewind-sub', 'version'];
const DIFFERS = ['zz-odd-id-space'];

let rows: readonly ConformanceRow[] = [];
beforeAll(async () => {
  rows = await runDurableConformance();
});

describe('the embedded Durable engine answers as the recorded one', () => {
  it.each(Object.entries(CASE_GROUPS).filter(([group]) => group !== BEYOND_THE_PRODUCT))(
    'in every case of: %s',
    (group, names) => {
      const own = rows.filter((row) => row.group === group);
      expect(own.map((row) => row.case)).toEqual(names);
      expect(own.filter(({ result }) => result !== 'matches')).toEqual([]);
    },
  );

  it('also beyond what the product uses, but for what it says it does not offer', () => {
    const beyond = rows.filter((row) => row.group === BEYOND_THE_PRODUCT && row.result !== 'matches');
    expect(Object.fromEntries(beyond.map((row) => [row.case, row.result]))).toEqual({
      ...Object.fromEntries(NOT_OFFERED.map((name) => [name, 'not offered'])),
      ...Object.fromEntries(DIFFERS.map((name) => [name, 'differs'])),
    });
  });

  it('and no recording is left out', () => {
    expect(rows).toHaveLength(134);
    expect(rows.filter(({ group }) => group === 'in no group')).toEqual([]);
  });
});

describe('a deliberately wrong engine is caught', () => {
  it.each<[string, Quirks, string]>([
    ['whose cancelled timers vanish', { cancelledTimerVanishes: true }, 'timer-cancelled-then-wait'],
    [
      'that ends without waiting for what it started',
      { completionDoesNotWait: true },
      'return-with-outstanding-sub',
    ],
    ['that hands on booleans as booleans', { booleansStayBooleans: true }, 'activity-inputs'],
    ['whose waits for an event are a queue', { eventWaitsAreAQueue: true }, 'event-twice-parallel'],
    ['that fails an unknown activity at once', { unknownActivityFails: true }, 'unknown-activity'],
  ])('one %s', async (_, quirks, name) => {
    const [row] = await runDurableConformance({ only: [name], quirks });
    expect(row).toMatchObject({ case: name, result: 'differs' });
  });
});

describe('a recording that cannot be used is named', () => {
  it.each([
    ['that is not JSON', '{"formatVersion":1', 'Recording seq3.json is damaged: it is not JSON.'],
    [
      'of another format version',
      '{"formatVersion":2}',
      'Recording seq3.json has format version 2; this suite reads version 1.',
    ],
    ['without its parts', '{"formatVersion":1,"case":"seq3"}', 'Recording seq3.json is damaged: '],
  ])('one %s', (_, text, message) => {
    expect(() => parseCase('seq3.json', text)).toThrow(message);
  });
});
