import type { LamplighterError } from '../core/errors.ts';
import { oneLine } from '../present/display-width.ts';
import { ProblemError } from './door/problem.ts';

/** A line without control characters, as far indented as it was. */
const tidy = (line: string): string => (/^ */.exec(line)?.[0] ?? '') + oneLine(line.trim());

/** What is wrong, why, and what to try, for stderr. */
export function faultText(error: LamplighterError, json: boolean): string {
  const listed = error instanceof ProblemError ? error.listed : [];
  const more = error instanceof ProblemError ? error.more : {};
  if (json) {
    const { code, message: detail, fix } = error;
    return `${JSON.stringify({ formatVersion: 1, error: { code, detail, try: fix, faults: listed, ...more } }, null, 2)}\n`;
  }
  const first = error instanceof ProblemError && listed.length > 0 ? error.headline : error.message;
  const lines = first.split('\n').map(tidy);
  for (const { field, detail, fix } of listed) {
    lines.push(tidy(`  ${field === '' ? '' : `${field}: `}${detail}${fix === '' ? '' : ` ${fix}`}`));
  }
  if (error.fix !== '') lines.push(...error.fix.split('\n').map(tidy));
  return `${lines.join('\n')}\n`;
}
