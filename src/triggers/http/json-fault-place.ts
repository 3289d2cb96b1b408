import { parseDocument } from 'yaml';

/**
 * Where a text stops being JSON, in words. V8 gives a position for long texts only; the YAML parser, told to take
 * JSON's scalars alone, finds most of the rest.
 */
export function jsonFaultPlace(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) {
    const lines = text.slice(0, Number(position)).split('\n');
    return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  }
  const [place] = parseDocument(text, { schema: 'json' }).errors[0]?.linePos ?? [];
  return place === undefined ? 'its end' : `line ${place.line}, column ${place.col}`;
}
