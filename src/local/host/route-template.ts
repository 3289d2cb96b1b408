import { routeConstraint, type RouteConstraint } from './route-constraint.ts';

export type RouteParameter = {
  readonly kind: 'parameter';
  readonly name: string;
  readonly catchAll: boolean;
  readonly optional: boolean;
  readonly defaultValue: string | undefined;
  readonly constraints: readonly RouteConstraint[];
};
export type RoutePart = RouteParameter | { readonly kind: 'literal'; readonly text: string };
export type RouteSegment = readonly RoutePart[];
export type RouteTemplate = { readonly text: string; readonly segments: readonly RouteSegment[] };

export type TemplateResult =
  | { readonly ok: true; readonly template: RouteTemplate }
  | { readonly ok: false; readonly problem: string };

/** Parses an ASP.NET route template (`items/{id:int}/{*rest}`); a template that cannot be parsed takes the whole real host down. */
export function parseRouteTemplate(text: string): TemplateResult {
  const trimmed = text.replace(/^~?\//, '');
  if (trimmed.startsWith('/') || trimmed.includes('//')) {
    return { ok: false, problem: 'two slashes follow each other without anything between them' };
  }
  const segments: RouteSegment[] = [];
  const names = new Set<string>();
  for (const raw of splitSegments(trimmed)) {
    if (segments.at(-1)?.some((part) => part.kind === 'parameter' && part.catchAll) === true) {
      return { ok: false, problem: 'a catch-all parameter must be the last segment' };
    }
    const parsed = parseSegment(raw, names);
    if (typeof parsed === 'string') return { ok: false, problem: parsed };
    segments.push(parsed);
  }
  return { ok: true, template: { text, segments } };
}

/** Slashes inside braces belong to a constraint, not to the path. */
function splitSegments(text: string): string[] {
  const segments: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}') depth -= 1;
    else if (text[index] === '/' && depth <= 0) {
      segments.push(text.slice(start, index));
      start = index + 1;
    }
  }
  const last = text.slice(start);
  return last === '' ? segments : [...segments, last];
}

function parseSegment(raw: string, names: Set<string>): RouteSegment | string {
  const parts: RoutePart[] = [];
  let literal = '';
  let index = 0;
  while (index < raw.length) {
    const two = raw.slice(index, index + 2);
    if (two === '{{' || two === '}}') {
      literal += two[0];
      index += 2;
    } else if (raw[index] === '}') {
      return `the brace that closes in "${raw}" was never opened`;
    } else if (raw[index] === '{') {
      const end = closingBrace(raw, index);
      if (end === -1) return `the brace that opens in "${raw}" is never closed`;
      if (literal !== '') parts.push({ kind: 'literal', text: literal });
      literal = '';
      const parameter = parseParameter(raw.slice(index + 1, end), names);
      if (typeof parameter === 'string') return parameter;
      if (parts.at(-1)?.kind === 'parameter') return `two parameters in "${raw}" touch each other`;
      parts.push(parameter);
      index = end + 1;
    } else {
      literal += raw[index];
      index += 1;
    }
  }
  if (literal.includes('?')) return `the literal "${literal}" holds a question mark`;
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  return checkSegment(parts, raw);
}

function checkSegment(parts: readonly RoutePart[], raw: string): RouteSegment | string {
  if (parts.length === 1) return parts;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'literal') continue;
    if (part.catchAll) return `the catch-all parameter in "${raw}" must stand alone in its segment`;
    const before = parts[index - 1];
    const afterDot = before?.kind === 'literal' && before.text.endsWith('.');
    if (part.optional && (index !== parts.length - 1 || !afterDot)) {
      return `the optional parameter in "${raw}" must be the last part of its segment, after a period`;
    }
  }
  return parts;
}

function closingBrace(raw: string, open: number): number {
  for (let index = open + 1; index < raw.length; index += 1) {
    const two = raw.slice(index, index + 2);
    if (two === '{{' || two === '}}') index += 1;
    else if (raw[index] === '{') return -1;
    else if (raw[index] === '}') return index;
  }
  return -1;
}

function parseParameter(inner: string, names: Set<string>): RouteParameter | string {
  const catchAll = inner.startsWith('*');
  let rest = inner
    .replace(/^\*{1,2}/, '')
    .replaceAll('{{', '{')
    .replaceAll('}}', '}');
  const optional = rest.endsWith('?');
  if (optional) rest = rest.slice(0, -1);
  const name = /^[^:=]*/.exec(rest)?.[0] ?? '';
  if (name === '' || /[/{}?*]/.test(name)) return `the parameter name "${name}" is not valid`;
  if (names.has(name.toLowerCase())) return `the parameter name "${name}" is used twice`;
  names.add(name.toLowerCase());
  const { constraintTexts, defaultValue } = parseOptions(rest.slice(name.length));
  if (optional && defaultValue !== undefined) return `the optional parameter "${name}" has a default value`;
  if (optional && catchAll) return `the catch-all parameter "${name}" is marked as optional`;
  const constraints: RouteConstraint[] = [];
  for (const text of constraintTexts) {
    const [, constraintName = '', argument] = /^([^(]*)(?:\(([^]*)\))?$/.exec(text) ?? [];
    const constraint = routeConstraint(constraintName.trim().toLowerCase(), argument);
    if (constraint === undefined) return `the constraint "${text}" of the parameter "${name}" is not known`;
    constraints.push(constraint);
  }
  return { kind: 'parameter', name, catchAll, optional, defaultValue, constraints };
}

/** `:int:range(1,5)=3`, with colons and equals signs inside parentheses belonging to the constraint. */
function parseOptions(text: string): { constraintTexts: string[]; defaultValue: string | undefined } {
  const constraintTexts: string[] = [];
  let index = 0;
  while (text[index] === ':') {
    let end = index + 1;
    let depth = 0;
    while (end < text.length && (depth > 0 || (text[end] !== ':' && text[end] !== '='))) {
      if (text[end] === '(') depth += 1;
      else if (text[end] === ')') depth -= 1;
      end += 1;
    }
    constraintTexts.push(text.slice(index + 1, end));
    index = end;
  }
  return { constraintTexts, defaultValue: text[index] === '=' ? text.slice(index + 1) : undefined };
}
