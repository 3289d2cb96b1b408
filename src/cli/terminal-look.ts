import type { Look } from '../present/table.ts';

/** How to write for whoever reads the stream: as wide as the terminal, coloured unless NO_COLOR asks for none. */
export function terminalLook(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Look {
  if (stream.isTTY !== true) return { columns: null, coloured: false };
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  // A terminal that does not know its width says 0.
  return {
    columns: stream.columns === undefined || stream.columns < 1 ? 80 : stream.columns,
    coloured: !plain,
  };
}
