import { CASE_GROUPS } from './case-groups.ts';
import { compareCase, type Verdict } from './compare-case.ts';
import { playCase } from './play-case.ts';
import { loadRecordedApp } from './recorded-app.ts';
import { parseCase, readCases } from './recorded-case.ts';
import type { Quirks } from '../../../src/local/durable/quirks.ts';

export type ConformanceRow = Verdict & { readonly group: string; readonly case: string };

/** What was recorded; the same packages run here. */
export const DURABLE_RECORDING = {
  'Microsoft.Azure.WebJobs.Extensions.DurableTask': '3.19.0',
  'durable-functions': '3.5.0',
  '@azure/functions': '4.16.5',
  azurite: '3.35.0',
} as const;

const CASES = new URL('../../golden/durable/cases/', import.meta.url);

export type ConformanceOptions = {
  /** Only these cases. */
  readonly only?: readonly string[];
  readonly quirks?: Quirks;
  /** Where the recordings are. */
  readonly folder?: URL;
};

/**
 * Plays the recorded Durable cases on the embedded engine and compares. Rows come in the order of the groups. A recording that is damaged,
 * of another format version, missing or in no group is a row that differs and names the file.
 */
export async function runDurableConformance(options: ConformanceOptions = {}): Promise<ConformanceRow[]> {
  const app = await loadRecordedApp();
  const files = new Map(
    readCases(options.folder ?? CASES).map(({ fileName, text }) => [fileName.replace(/\.json$/, ''), text]),
  );
  const rows: ConformanceRow[] = [];
  const listed = Object.entries(CASE_GROUPS).flatMap(([group, names]) =>
    names.map((name) => ({ group, name })),
  );
  const unlisted = [...files.keys()]
    .filter((file) => !listed.some(({ name }) => name === file))
    .map((name) => ({ group: 'in no group', name }));
  for (const { group, name } of [...listed, ...unlisted]) {
    if (options.only !== undefined && !options.only.includes(name)) continue;
    rows.push({ group, case: name, ...(await verdictOf(`${name}.json`, files.get(name))) });
  }
  return rows;

  async function verdictOf(fileName: string, text: string | undefined): Promise<Verdict> {
    try {
      if (text === undefined) throw new Error(`Recording ${fileName} is missing.`);
      const recorded = parseCase(fileName, text);
      return compareCase(recorded, await playCase(recorded, app, options.quirks));
    } catch (error) {
      return { result: 'differs', note: error instanceof Error ? error.message : String(error) };
    }
  }
}
