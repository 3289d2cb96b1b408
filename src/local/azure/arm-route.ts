import type { AzureParts } from './azure-parts.ts';
import type { CountedOperation } from './call-log.ts';
import type { FaultArea } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { Principal } from './principal.ts';
import type { WireResponse } from './wire.ts';

export type ArmRequest = {
  readonly method: string;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly apiVersion: string;
  readonly by: Principal;
  readonly now: number;
};

export type ArmRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments in braces are parameters; the others match in any casing, as ARM's do. */
  readonly path: string;
  readonly operation: CountedOperation | ((request: ArmRequest) => CountedOperation);
  /** Outages and throttling besides ARM's own that touch it. */
  readonly areas?: readonly FaultArea[];
  readonly handle: (request: ArmRequest, parts: AzureParts) => WireResponse;
};

export type MatchedRoute = { readonly route: ArmRoute; readonly params: Readonly<Record<string, string>> };

type Compiled = { readonly route: ArmRoute; readonly segments: readonly string[] };

export const compileRoutes = (routes: readonly ArmRoute[]): readonly Compiled[] =>
  routes.map((route) => ({ route, segments: route.path.split('/').slice(1) }));

/** Finds the route of a request. The path may begin with several slashes: Azure's own SDKs send some so. */
export function matchRoute(routes: readonly Compiled[], method: string, path: string): MatchedRoute | null {
  const given = path.replace(/^\/+/, '').replace(/\/+$/, '').split('/');
  for (const { route, segments } of routes) {
    if (route.method !== method || segments.length !== given.length) continue;
    const params: Record<string, string> = {};
    const fits = segments.every((segment, index) => {
      const text = given[index] ?? '';
      if (!segment.startsWith('{')) return segment.toLowerCase() === text.toLowerCase();
      params[segment.slice(1, -1)] = decode(text);
      return text !== '';
    });
    if (fits) return { route, params };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
