import { expect, test } from 'vitest';
import { terminalLook } from '../../../src/cli/terminal-look.ts';
import { type Column, type Look, table } from '../../../src/present/table.ts';

const piped: Look = { columns: null, coloured: false };
const columns: readonly Column[] = [
  { title: 'COMPUTE' },
  { title: 'USD', align: 'right' },
  { title: 'WHY', flexible: true },
];

test('a table aligns its columns, numbers to the right, and ends no line in blanks', () => {
  const text = table(
    columns,
    [
      ['ci-a', '0.29', 'short'],
      ['ci-longer', '12.40', ''],
    ],
    piped,
  );

  expect(text).toBe('COMPUTE      USD  WHY\nci-a        0.29  short\nci-longer  12.40\n');
});

test('no rows are nothing at all, not a line of titles', () => {
  expect(table(columns, [], piped)).toBe('');
});

test('a piped row is one line without colours, however long', () => {
  const why = 'word '.repeat(100).trim();
  const text = table(columns, [['ci-a', '1', { text: why, colour: 'red' }]], piped);

  expect(text.split('\n')).toHaveLength(3);
  expect(text).toContain(why);
  expect(text).not.toContain('\u001b');
});

test('on a terminal the flexible column breaks at blanks and no line is wider than the terminal', () => {
  const look: Look = { columns: 60, coloured: false };
  const text = table(columns, [['ci-a', '1', 'word '.repeat(30).trim()]], look);

  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines[2]?.startsWith(' '.repeat('COMPUTE  USD  '.length))).toBe(true);
});

test('colours surround the padded text, so that columns stay aligned', () => {
  const look: Look = { columns: 80, coloured: true };
  const text = table(columns, [[{ text: 'ci-a', colour: 'red' }, '1', 'x']], look);

  expect(text).toContain('\u001b[31mci-a   \u001b[0m    1  x');
});

test('names from outside cannot break a row, move the cursor or turn the reading direction', () => {
  const text = table(columns, [['ci\t-\n\u001b[2Ja\u202e', '1', 'x']], piped);

  expect(text).toBe('COMPUTE    USD  WHY\nci - [2Ja    1  x\n');
});

test('wide characters take two columns and combining marks none', () => {
  const text = table(
    [{ title: 'A' }, { title: 'B' }],
    [
      ['日本', 'x'],
      ['e\u0301', 'y'],
    ],
    piped,
  );

  expect(text).toBe('A     B\n日本  x\ne\u0301     y\n');
});

test.each([
  [{ isTTY: true, columns: 120 }, {}, { columns: 120, coloured: true }],
  [{ isTTY: true, columns: 120 }, { NO_COLOR: '1' }, { columns: 120, coloured: false }],
  [{ isTTY: true }, { NO_COLOR: '' }, { columns: 80, coloured: true }],
  [{ isTTY: true, columns: 0 }, { NO_COLOR: '1' }, { columns: 80, coloured: false }],
  [{ columns: 120 }, {}, { columns: null, coloured: false }],
])('a stream %o with %o is looked at as %o', (stream, environment, look) => {
  expect(terminalLook(stream, environment)).toEqual(look);
});
