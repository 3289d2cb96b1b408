import type { Look } from '../present/table.ts';

/** How to write for whoever reads the stream: as wide as the terminal, coloured unless NO_COLOR asks for none. */
export function terminalLook(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Look {
  if (stream.isTTY !== true) return { columns: null, coloured: false };
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return { columns: stream.columns ?? 80, coloured: !plain };
}
