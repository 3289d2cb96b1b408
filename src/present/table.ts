import { displayWidth, oneLine } from './display-width.ts';

const colours = { bold: 1, red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 } as const;
export type Colour = keyof typeof colours;

/** A value and, where the reader can see it, its colour. */
export type Cell = string | { readonly text: string; readonly colour: Colour };
export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Takes what room the others leave, and breaks its text at blanks to fit. At most one column does. */
  readonly flexible?: true;
};

/** What the reader looks at. */
export type Look = {
  /** Columns of the terminal; null: none, so every row is one line, however long. */
  readonly columns: number | null;
  readonly coloured: boolean;
};

const gap = '  ';
const narrowest = 24;

export const paint = (look: Look, colour: Colour, text: string): string =>
  look.coloured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;

const textOf = (cell: Cell): string => oneLine(typeof cell === 'string' ? cell : cell.text);
const padded = (text: string, width: number, align: Column['align']): string => {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
};

function brokenAtBlanks(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * Rows in aligned columns with a line of titles above, each line ending in a line feed; no rows: nothing. Piped output has
 * neither tabs, colours nor broken rows.
 */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], look: Look): string {
  if (rows.length === 0) return '';
  const texts = rows.map((row) => columns.map((_, index) => textOf(row[index] ?? '')));
  const widths = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...texts.map((row) => displayWidth(row[index] ?? ''))),
  );
  const flexible = columns.findIndex((column) => column.flexible === true);
  if (flexible >= 0 && look.columns !== null) {
    const others = widths.reduce((sum, width, index) => (index === flexible ? sum : sum + width), 0);
    const room = look.columns - others - gap.length * (columns.length - 1);
    widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(narrowest, room));
  }

  const lineOf = (cells: readonly string[], colourOf: (index: number) => Colour | null): string =>
    columns
      .map(({ align }, index) => {
        const text = padded(cells[index] ?? '', widths[index] ?? 0, align);
        const colour = colourOf(index);
        const shown = index === columns.length - 1 ? text.trimEnd() : text;
        return colour === null || shown.trim() === '' ? shown : paint(look, colour, shown);
      })
      .join(gap)
      .trimEnd();

  const lines = [
    lineOf(
      columns.map(({ title }) => title),
      () => 'bold',
    ),
  ];
  for (const [at, cells] of texts.entries()) {
    const parts = cells.map((text, index) =>
      index === flexible && look.columns !== null ? brokenAtBlanks(text, widths[index] ?? 0) : [text],
    );
    const height = Math.max(...parts.map((part) => part.length));
    for (let line = 0; line < height; line += 1) {
      lines.push(
        lineOf(
          parts.map((part) => part[line] ?? ''),
          (index) => {
            const cell = rows[at]?.[index];
            return cell === undefined || typeof cell === 'string' ? null : cell.colour;
          },
        ),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
