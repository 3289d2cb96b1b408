import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lostAndKept } from '../src/core/explain/clauses.ts';
import type { ScenarioResult, TimelineEntry } from '../src/local/simulation/result.ts';

export const corpusFolder = fileURLToPath(new URL('../test/scenarios', import.meta.url));
export const pageFile = fileURLToPath(new URL('../docs/scenarios.md', import.meta.url));

/** One file of the corpus; `path` is below the corpus, with slashes. */
export type CorpusFile = { readonly path: string; readonly group: string; readonly text: string };

export function corpusFiles(): readonly CorpusFile[] {
  return readdirSync(corpusFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(corpusFolder, file).split(sep).join('/');
      return { path, group: path.split('/')[0] ?? '', text: readFileSync(file, 'utf8') };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const shownAtMost = 40;

/** The comment at the top of a file says what to look out for. */
function headComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^#\s?/, ''))
    .join(' ')
    .trim();
}

const isDecision = ({ action }: TimelineEntry): boolean => ['keep', 'warn', 'stop', 'start'].includes(action);

const label = (entry: TimelineEntry): string => (isDecision(entry) ? entry.reason : entry.action);

function timelineText(timeline: readonly TimelineEntry[]): string {
  const shown = timeline.slice(0, shownAtMost);
  const widest = (of: (entry: TimelineEntry) => string): number =>
    Math.max(0, ...shown.map((entry) => of(entry).length));
  const [at, compute, what] = [
    widest((entry) => entry.at),
    widest((entry) => entry.compute ?? ''),
    widest(label),
  ];
  const lines = shown.map((entry) => {
    // What a stop takes and leaves is the same each time.
    const sentence = entry.sentence.replace(`: ${lostAndKept}`, '');
    return `${entry.at.padStart(at)}  ${(entry.compute ?? '').padEnd(compute)}  ${label(entry).padEnd(what)}  ${sentence}`;
  });
  const more = timeline.length - shown.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** The part of the page about one file. */
export function sectionOf(file: CorpusFile, result: ScenarioResult): string {
  const comment = headComment(file.text);
  return [
    `### ${result.name}`,
    '',
    `[${file.path}](../test/scenarios/${file.path})${comment === '' ? '' : `: ${comment}`}`,
    '',
    '```text',
    timelineText(result.timeline),
    '```',
    '',
  ].join('\n');
}

const intro = `# What Lamplighter will do

Each scenario is a small world with what happens in it and what must come out. The real app runs in it under a virtual
clock: \`npx lamplighter simulate test/scenarios\`. Times count from the start of the scenario. This page is written by
\`npm run scenarios\`; a test fails when it is stale.
`;

const title = (group: string): string => `${group.charAt(0).toUpperCase()}${group.slice(1)}`;

/** The whole page, from a section for each file of the corpus in order. */
export function pageOf(sections: readonly { readonly file: CorpusFile; readonly section: string }[]): string {
  const groups = [...new Set(sections.map(({ file }) => file.group))];
  const parts = groups.map((group) => {
    const own = sections.filter(({ file }) => file.group === group);
    return [`## ${title(group)}`, '', ...own.map(({ section }) => section)].join('\n');
  });
  return [intro, ...parts].join('\n');
}
