import { BEYOND_THE_PRODUCT } from './durable/case-groups.ts';
import { DURABLE_RECORDING, type ConformanceRow } from './durable/run-durable-conformance.ts';
import { isUnexplained, RECORDED_VERSIONS, type HostCase } from './host-conformance.ts';

export type ConformanceRows = {
  readonly durable: readonly ConformanceRow[];
  readonly host: readonly HostCase[];
};

type Row = {
  readonly group: string;
  readonly case: string;
  readonly result: 'matches' | 'differs' | 'not offered';
  readonly note: string;
};

/** Rows that no page may show: a Durable case that must match and does not, a host item that differs for no listed reason. */
export function inadmissibleRows({ durable, host }: ConformanceRows): readonly Row[] {
  return [
    ...durable.filter(({ group, result }) => group !== BEYOND_THE_PRODUCT && result !== 'matches'),
    ...host.filter(isUnexplained),
  ];
}

/** The text of docs/conformance.md. */
export function conformancePage({ durable, host }: ConformanceRows): string {
  return [
    '# Conformance to recordings',
    '<!-- Written by `npm run conformance`; a test fails when it is stale. -->',
    'The embedded Durable engine and Functions host are held to what the real ones did with the same unmodified npm packages. A row is one ' +
      'recorded case or item. *matches*: nothing differs after dates, generated ids, ports and stack traces are taken out. *differs*: something ' +
      'differs for the reason given; all else in it is equal. *not offered*: it is refused by name.',
    table(
      ['', 'recorded', 'match', 'differ', 'are not offered'],
      [
        ['Durable engine', ...counts(durable)],
        ['Functions host', ...counts(host)],
      ],
    ),
    '## Durable engine',
    `Recorded on: ${versions(DURABLE_RECORDING)}.`,
    'A case is a course of management calls against one application. Compared are status, headers and body of each call, what each episode of an ' +
      'orchestrator was sent and answered, each activity’s input as it arrives, and the final status with history. Where the timing of the ' +
      'recorded machine decides the course, the final status is compared.',
    caseTable(durable),
    '## Functions host',
    `Recorded on: ${versions(RECORDED_VERSIONS)}.`,
    'An item is one request with its answer, or what a handler saw or the log told beside it. Status, headers with their casing and order, and ' +
      'body are compared. Of logs, whose wording is each host’s own, it is compared which functions failed or are in error and whether the host runs.',
    caseTable(host),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** The rows of a page that say `matches`, as `group | case`, in page order. */
export function matchingRows(page: string): readonly string[] {
  return page
    .split('\n')
    .flatMap((line) => /^\| (.+ \| .+) \| matches \| (?!how and why).*\|$/.exec(line)?.[1] ?? []);
}

function counts(rows: readonly Row[]): string[] {
  const count = (result: Row['result']) => String(rows.filter((row) => row.result === result).length);
  return [String(rows.length), count('matches'), count('differs'), count('not offered')];
}

function versions(recorded: Readonly<Record<string, string>>): string {
  return Object.entries(recorded)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

function caseTable(rows: readonly Row[]): string {
  return table(
    ['group', 'case', 'matches', 'how and why'],
    rows.map((row) => [row.group, row.case, row.result, row.note]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

/** One line, and nothing in it that ends the cell or vanishes as markup. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[|<]/g, String.raw`\$&`);
}
