import type { RouteParameter, RouteSegment, RouteTemplate } from './route-template.ts';

export type RouteValues = Readonly<Record<string, string>>;

/**
 * Matches a decoded path against one template, as the recorded host does: without case, with or without a trailing slash; an optional or
 * catch-all parameter that got nothing is absent from the values. `undefined`: no match.
 */
export function matchRoute(template: RouteTemplate, path: string): RouteValues | undefined {
  const given = path.split('/');
  if (given.at(-1) === '') given.pop();
  const values: Record<string, string> = {};
  for (const [index, segment] of template.segments.entries()) {
    const only = segment.length === 1 ? segment[0] : undefined;
    if (only?.kind === 'parameter' && only.catchAll) {
      const rest = path.split('/').slice(index).join('/');
      assign(values, only, rest === '' ? undefined : rest);
      return satisfies(template, values) ? values : undefined;
    }
    const text = given[index];
    if (text === undefined) {
      if (only?.kind !== 'parameter' || !mayBeAbsent(only)) return undefined;
      assign(values, only, undefined);
    } else if (!matchSegment(segment, text, values)) {
      return undefined;
    }
  }
  if (given.length > template.segments.length) return undefined;
  return satisfies(template, values) ? values : undefined;
}

function mayBeAbsent(parameter: RouteParameter): boolean {
  return parameter.optional || parameter.catchAll || parameter.defaultValue !== undefined;
}

function assign(values: Record<string, string>, parameter: RouteParameter, text: string | undefined): void {
  const value = text ?? parameter.defaultValue;
  if (value !== undefined) values[parameter.name] = value;
}

function matchSegment(segment: RouteSegment, text: string, values: Record<string, string>): boolean {
  if (matchParts(segment, text, values)) return true;
  const last = segment.at(-1);
  // `{name}.{ext?}`: without the extension the period goes too.
  return (
    segment.length > 1 &&
    last?.kind === 'parameter' &&
    last.optional &&
    matchParts(trimPeriod(segment.slice(0, -1)), text, values)
  );
}

function trimPeriod(parts: RouteSegment): RouteSegment {
  const last = parts.at(-1);
  if (last?.kind !== 'literal') return parts;
  const text = last.text.replace(/\.$/, '');
  return text === '' ? parts.slice(0, -1) : [...parts.slice(0, -1), { kind: 'literal', text }];
}

/** Greedy from the left, which is the host's search for the last place of each literal, from the right. */
function matchParts(parts: RouteSegment, text: string, values: Record<string, string>): boolean {
  const source = parts.map((part) => (part.kind === 'literal' ? escapeRegex(part.text) : '(.+)')).join('');
  const match = new RegExp(`^${source}$`, 'is').exec(text);
  if (match === null) return false;
  const parameters = parts.filter((part) => part.kind === 'parameter');
  parameters
    .map((parameter, index) => ({ parameter, value: match[index + 1] }))
    .toReversed()
    .forEach(({ parameter, value }) => assign(values, parameter, value));
  return true;
}

function satisfies(template: RouteTemplate, values: RouteValues): boolean {
  return template.segments.flat().every((part) => {
    if (part.kind === 'literal') return true;
    const value = values[part.name];
    return value === undefined || part.constraints.every((constraint) => constraint(value));
  });
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
