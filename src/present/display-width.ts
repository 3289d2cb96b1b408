const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** How many columns of a terminal a text takes: East Asian characters two, marks that combine none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (/[\p{M}\p{Cf}]/u.test(character)) continue;
    width += wide.some(([from, to]) => from <= code && code <= to) ? 2 : 1;
  }
  return width;
}

/** One line without control characters: a name from Azure must not move the cursor or break a table's row. */
export const oneLine = (text: string): string =>
  text.replace(/[\s\u2028\u2029]+/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '');
