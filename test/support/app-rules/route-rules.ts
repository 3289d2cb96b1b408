import type { Violation } from './violation.ts';

/** What the rules need of a registered function; the host's `RegisteredFunction` fits. */
export type AppFunction = {
  readonly name: string;
  readonly trigger: { readonly type: string; readonly [option: string]: unknown };
};

type HttpRoute = {
  readonly name: string;
  readonly segments: readonly string[];
  readonly methods: readonly string[];
};

/** The host keeps `admin…` and `runtime…`: a function whose route begins so answers 404 for ever. */
export function reservedRoutes(functions: Iterable<AppFunction>): Violation[] {
  return routesOf(functions)
    .filter(({ segments }) => /^(?:admin|runtime)/i.test(segments[0] ?? ''))
    .map(({ name, segments }) => ({
      rule: 'reserved-route',
      where: name,
      problem: `Its route "${segments.join('/')}" begins with a word that the host keeps for itself.`,
    }));
}

/** The host knows no precedence: of two routes that match one path, the function whose name comes first wins. */
export function overlappingRoutes(functions: Iterable<AppFunction>): Violation[] {
  const routes = routesOf(functions);
  return routes.flatMap((one, index) =>
    routes
      .slice(index + 1)
      .filter((other) => shareMethod(one, other) && overlap(one.segments, other.segments))
      .map((other) => ({
        rule: 'overlapping-routes',
        where: `${one.name}, ${other.name}`,
        problem: `"${one.segments.join('/')}" and "${other.segments.join('/')}" can match the same path.`,
      })),
  );
}

/** Of two names that differ only in case the host drops the second. */
export function caseTwins(functions: Iterable<AppFunction>): Violation[] {
  const first = new Map<string, string>();
  const violations: Violation[] = [];
  for (const { name } of functions) {
    const twin = first.get(name.toLowerCase());
    if (twin === undefined) first.set(name.toLowerCase(), name);
    else
      violations.push({
        rule: 'case-twins',
        where: name,
        problem: `It differs from "${twin}" in case only.`,
      });
  }
  return violations;
}

function routesOf(functions: Iterable<AppFunction>): HttpRoute[] {
  return [...functions]
    .filter(({ trigger }) => trigger.type.toLowerCase() === 'httptrigger')
    .map(({ name, trigger }) => {
      const route = typeof trigger['route'] === 'string' ? trigger['route'] : name;
      const methods = Array.isArray(trigger['methods']) ? trigger['methods'] : ['*'];
      return {
        name,
        segments: route.replace(/^\/+|\/+$/g, '').split('/'),
        methods: methods.map((method) => String(method).toUpperCase()),
      };
    });
}

function shareMethod(one: HttpRoute, other: HttpRoute): boolean {
  const all = (route: HttpRoute): boolean => route.methods.includes('*');
  return all(one) || all(other) || one.methods.some((method) => other.methods.includes(method));
}

/** Any two segments of which one is a parameter may meet; constraints are not trusted to keep them apart. */
function overlap(one: readonly string[], other: readonly string[]): boolean {
  const [first, ...rest] = one;
  const [second, ...otherRest] = other;
  if (isCatchAll(first) || isCatchAll(second)) return true;
  if (first === undefined) return other.every(mayBeAbsent);
  if (second === undefined) return one.every(mayBeAbsent);
  const meet = first.includes('{') || second.includes('{') || first.toLowerCase() === second.toLowerCase();
  return meet && overlap(rest, otherRest);
}

function isCatchAll(segment: string | undefined): boolean {
  return segment?.startsWith('{*') === true;
}

function mayBeAbsent(segment: string): boolean {
  return isCatchAll(segment) || /^\{[^}]*(?:\?|=[^}]*)\}$/.test(segment);
}
