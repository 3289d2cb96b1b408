import { displayWidth, oneLine } from '../present/display-width.ts';
import { type Look, paint } from '../present/table.ts';

/** Names and what there is to say of each; null: nothing, and the line is left out. */
export type Facts = readonly (readonly [name: string, text: string | null])[];

/** One fact a line: on a terminal broken to its width, piped never broken. */
export function factsText(facts: Facts, look: Look): string {
  const said = facts.flatMap(([name, text]) => (text === null ? [] : [[name, oneLine(text)] as const]));
  const width = Math.max(0, ...said.map(([name]) => name.length)) + 2;
  const room = look.columns === null ? Number.POSITIVE_INFINITY : Math.max(24, look.columns - width);
  return said
    .map(([name, text]) => {
      const lines: string[] = [];
      let line = '';
      for (const word of text.split(' ')) {
        if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > room) {
          lines.push(line);
          line = word;
        } else line = line === '' ? word : `${line} ${word}`;
      }
      return `${paint(look, 'bold', name.padEnd(width))}${[...lines, line].join(`\n${' '.repeat(width)}`)}\n`;
    })
    .join('');
}
