import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpusFiles, corpusFolder, pageFile } from '../../scripts/scenarios-page.ts';
import { readCorpusFile } from '../support/corpus.ts';

describe('the corpus', () => {
  const files = corpusFiles();

  it('holds at least 40 scenarios, each under a name of its own', () => {
    const names = files.map((file) => readCorpusFile(file).name);
    expect(names.length).toBeGreaterThanOrEqual(40);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a test for each of its groups', () => {
    const tests = readdirSync(corpusFolder).filter((name) => name.endsWith('.test.ts'));
    const groups = [...new Set(files.map((file) => file.group))];
    expect(tests).toEqual(expect.arrayContaining(groups.map((group) => `${group}.test.ts`)));
  });

  it('stands in docs/scenarios.md in order, and nothing else does', () => {
    const headings = readFileSync(pageFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('### '));
    expect(headings).toEqual(files.map((file) => `### ${readCorpusFile(file).name}`));
  });

  it('expects something in every scenario', () => {
    const empty = files.filter((file) => readCorpusFile(file).expectations.length === 0);
    expect(empty).toEqual([]);
  });
});
