import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  conformancePage,
  inadmissibleRows,
  matchingRows,
  type ConformanceRows,
} from '../support/conformance-page.ts';
import { runDurableConformance } from '../support/durable/run-durable-conformance.ts';
import { runHostConformance } from '../support/host-conformance.ts';

const published = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');

describe('the page that tells how far the engine and the host answer as recorded', () => {
  let rows: ConformanceRows;
  beforeAll(async () => {
    rows = { durable: await runDurableConformance(), host: await runHostConformance() };
  });

  it('shows nothing as matching that no longer does', () => {
    const now = new Set(matchingRows(conformancePage(rows)));
    expect(matchingRows(published).filter((row) => !now.has(row))).toEqual([]);
  });

  it('is what the suites say today (else: npm run conformance)', () => {
    expect(published).toBe(conformancePage(rows));
  });

  it('has a row for each of the 134 cases and 511 items', () => {
    const isRow = /^\| .+ \| .+ \| (?:matches|differs|not offered) \| (?!how and why).+ \|$/;
    expect(published.split('\n').filter((line) => isRow.test(line))).toHaveLength(134 + 511);
    expect(rows.durable.length + rows.host.length).toBe(134 + 511);
  });

  it('is not written over a regression', () => {
    expect(inadmissibleRows(rows)).toEqual([]);
    const [first, ...others] = rows.durable;
    if (first === undefined) throw new Error('no rows');
    const broken = { ...first, result: 'differs', note: 'it broke' } as const;
    const unlisted = { group: 'admin', case: 'x', result: 'differs', note: 'NOT LISTED: status' } as const;
    expect(inadmissibleRows({ durable: [broken, ...others], host: [...rows.host, unlisted] })).toEqual([
      broken,
      unlisted,
    ]);
  });
});

const row = (name: string, result: 'matches' | 'differs') => ({
  group: 'g',
  case: name,
  result,
  note: 'why',
});

describe('a row of the page', () => {
  it('counts as matching only when it says so', () => {
    const page = conformancePage({ durable: [row('a', 'matches'), row('b', 'differs')], host: [] });
    expect(matchingRows(page)).toEqual(['g | a']);
  });

  it('keeps its four columns whatever the case is called', () => {
    const page = conformancePage({ durable: [row('a|b <c>\n*', 'matches')], host: [] });
    expect(page).toContain(String.raw`| g | a\|b \<c> * | matches | why |`);
  });
});
