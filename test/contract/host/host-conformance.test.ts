import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isUnexplained, runHostConformance, type HostCase } from '../../support/host-conformance.ts';
import { judge } from '../../support/host/case-result.ts';
import { DEVIATIONS } from '../../support/host/deviations.ts';
import { readRecording, recordingFile } from '../../support/host/recording.ts';

let cases: HostCase[] = [];
beforeAll(async () => {
  cases = await runHostConformance();
});

const recordedGroups = readdirSync(new URL('.', recordingFile('x')))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

describe('the embedded host answers as the recorded one', () => {
  it.each(recordedGroups)('in everything of %s, or differs for a listed reason', (group) => {
    const rows = cases.filter((row) => row.group === group);
    expect(rows.filter(isUnexplained)).toEqual([]);
  });

  it.each(recordedGroups)('and no item of %s is left out or counted twice', (group) => {
    const recorded = readRecording(recordingFile(group)).items.map(({ title }) => title);
    const played = cases.filter((row) => row.group === group).map((row) => row.case);
    expect(played.toSorted()).toEqual(recorded.toSorted());
  });

  it('in all but a few items of routing, keys, requests, returns, timers, admin and Event Grid', () => {
    const groups = new Set([
      'http-auth',
      'http-routing',
      'http-requests',
      'http-returns',
      'timer',
      'admin',
      'eventgrid',
    ]);
    const rows = cases.filter(({ group }) => groups.has(group));
    expect(rows.filter(({ result }) => result === 'not offered')).toEqual([]);
    expect(rows.filter(({ result }) => result === 'differs').length).toBeLessThanOrEqual(7);
  });
});

describe('the list of deviations', () => {
  it('names only items that were recorded and that differ', () => {
    const listed = DEVIATIONS.flatMap(({ group, cases: titles }) =>
      titles.map((title) => ({ group, title })),
    );
    const differing = cases
      .filter(({ result }) => result === 'differs')
      .map(({ group, case: title }) => ({ group, title }));
    expect(differing).toEqual(expect.arrayContaining(listed));
  });

  it('excuses what it names and nothing beside it', () => {
    const listed = ['admin', 'function hello'] as const;
    expect(
      judge(...listed, { script_href: 'x', status: 200 }, { script_href: null, status: 200 }).note,
    ).toContain('no virtual file system');
    const worse = judge(...listed, { script_href: 'x', status: 200 }, { script_href: null, status: 404 });
    expect(isUnexplained(worse)).toBe(true);
    expect(isUnexplained(judge(...listed, { status: 200 }, { status: 200 }))).toBe(true);
    expect(isUnexplained(judge('http-auth', 'unlisted', 1, 2))).toBe(true);
  });
});

const readText = (text: string): unknown => {
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  try {
    const file = join(folder, 'broken.json');
    writeFileSync(file, text);
    return readRecording(pathToFileURL(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('a recording', () => {
  it('that is damaged is named', () => {
    expect(() => readText('{"group": "x", "items": [')).toThrow('broken.json cannot be read');
  });

  it('of another format is named, with the place', () => {
    const other = JSON.stringify({ group: 'x', description: '', items: [{ title: 't', answer: {} }] });
    expect(() => readText(other)).toThrow(/broken\.json has another format: items\.0/);
  });

  it('that is missing is named', () => {
    expect(() => readRecording(recordingFile('nowhere'))).toThrow('nowhere.json');
  });
});
