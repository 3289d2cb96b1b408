import { stripTypeScriptTypes } from 'node:module';

export type SourceFile = { readonly path: string; readonly text: string };

/** One call as written: `context.df.callActivity('name', input)`. */
export type SourceCall = {
  readonly path: string;
  readonly line: number;
  /** What stands before the parenthesis. */
  readonly callee: string;
  /** Top-level arguments as written, without comments. */
  readonly args: readonly string[];
  readonly index: number;
};

/** Source without types and comments, at its old places; `masked` has its strings blanked too, so that braces and words in them do not count. */
export type ScannedSource = { readonly path: string; readonly code: string; readonly masked: string };

const TOKEN = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/**
 * A scan, not a parser: it sees calls by their written name. It does not follow values, so that what is called through a variable escapes it;
 * such rules are watched at run time as well.
 */
export function scanSource({ path, text }: SourceFile): ScannedSource {
  const plain = path.endsWith('.ts') ? stripTypeScriptTypes(text, { mode: 'strip' }) : text;
  return {
    path,
    code: plain.replace(TOKEN, (token) => (isComment(token) ? blank(token) : token)),
    masked: plain.replace(TOKEN, (token) => (isComment(token) ? blank(token) : `'${blank(token.slice(2))}'`)),
  };
}

function isComment(token: string): boolean {
  return token.startsWith('//') || token.startsWith('/*');
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** All calls of functions or methods with one of these names. */
export function callsOf(source: ScannedSource, names: readonly string[]): SourceCall[] {
  const pattern = new RegExp(String.raw`(?<![\w$.])((?:[\w$]+\s*\??\.\s*)*(?:${names.join('|')}))\s*\(`, 'g');
  return [...source.masked.matchAll(pattern)]
    .filter((match) => !/\bfunction\s*\*?\s*$/.test(source.masked.slice(0, match.index)))
    .map((match) => ({
      path: source.path,
      line: source.masked.slice(0, match.index).split('\n').length,
      callee: (match[1] ?? '').replaceAll(/\s/g, ''),
      args: argumentsFrom(source, match.index + match[0].length),
      index: match.index,
    }));
}

/** The text of the innermost function around a place: between its braces. The whole file if there is none. */
export function functionAround(source: ScannedSource, index: number): string {
  let depth = 0;
  for (let at = index; at >= 0; at -= 1) {
    if (source.masked[at] === '}') depth += 1;
    if (source.masked[at] !== '{') continue;
    if (depth > 0) {
      depth -= 1;
      continue;
    }
    const before = source.masked.slice(Math.max(0, at - 400), at);
    if (/(?:\)\s*|=>\s*)$/.test(before) && !/\b(?:if|for|while|switch|catch)\s*\([^{}]*\)\s*$/.test(before)) {
      return source.code.slice(at, closingFrom(source.masked, at + 1));
    }
  }
  return source.code;
}

function argumentsFrom(source: ScannedSource, start: number): string[] {
  const args: string[] = [];
  const end = closingFrom(source.masked, start);
  let depth = 0;
  let from = start;
  for (let at = start; at < end; at += 1) {
    const char = source.masked[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (char === ',' && depth === 0) {
      args.push(source.code.slice(from, at).trim());
      from = at + 1;
    }
  }
  return [...args, source.code.slice(from, end).trim()].filter((arg) => arg !== '');
}

/** Where the bracket that was opened just before `start` closes. */
function closingFrom(masked: string, start: number): number {
  let depth = 1;
  for (let at = start; at < masked.length; at += 1) {
    const char = masked[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    if (depth === 0) return at;
  }
  return masked.length;
}
