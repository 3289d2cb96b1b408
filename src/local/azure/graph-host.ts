import { answer, type WireAnswer, type WireRequest, type WireResponse } from './wire.ts';
import { groupIdOf, objectIdOf } from './names.ts';
import type { AzureParts } from './azure-parts.ts';
import type { UserSpec } from './world-spec.ts';

const graphError = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => answer(status, { error: { code, message, innerError: {} } }, headers);

const personJson = (user: UserSpec): Readonly<Record<string, unknown>> => ({
  id: objectIdOf(user.name),
  displayName: user.displayName ?? user.name,
  userPrincipalName: `${user.name}@contoso.example`,
  mail: `${user.name}@contoso.example`,
  accountEnabled: user.enabled ?? true,
});

function members(groupId: string, url: URL, parts: AzureParts): WireResponse {
  const users = [...parts.world.users.values()];
  const isGroup = users.some((user) => (user.teams ?? []).some((team) => groupIdOf(team) === groupId));
  if (!isGroup) {
    return graphError(404, 'Request_ResourceNotFound', `Resource '${groupId}' does not exist.`);
  }
  const rows = users.filter((user) => (user.teams ?? []).some((team) => groupIdOf(team) === groupId));
  const top = Number(url.searchParams.get('$top') ?? 100) || 100;
  const skip = Number(url.searchParams.get('$skiptoken') ?? 0) || 0;
  const value = rows
    .slice(skip, skip + top)
    .map((user) => ({ '@odata.type': '#microsoft.graph.user', ...personJson(user) }));
  if (skip + top >= rows.length) return answer(200, { value });
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(skip + top));
  return answer(200, { '@odata.nextLink': next.href, value });
}

/** `graph.microsoft.com`: people, whom they report to, and the members of their teams' groups. */
export async function handleGraph(wire: WireRequest, parts: AzureParts): Promise<WireResponse> {
  const { clock, tokens, log, faults, world } = parts;
  if ((await tokens.principalOf(wire.headers['authorization'])) === null) {
    return graphError(401, 'InvalidAuthenticationToken', 'Access token is empty or not valid.');
  }
  log.count('graph');
  const now = clock.now();
  if (faults.isOut(['graph'], now)) return graphError(503, 'serviceNotAvailable', 'Try again later.');
  const seconds = faults.throttledFor(['graph'], now);
  if (seconds !== null) {
    return graphError(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': String(seconds) });
  }
  const url = new URL(wire.url);
  const [, kind, id = '', relation] = url.pathname.replace(/^\/+/, '').toLowerCase().split('/');
  if (wire.method === 'GET' && kind === 'groups' && relation === 'transitivemembers') {
    return members(id, url, parts);
  }
  const user = world.users.get(id);
  if (wire.method === 'GET' && kind === 'users' && (relation === undefined || relation === 'manager')) {
    if (user === undefined) {
      return graphError(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`);
    }
    if (relation === undefined) return answer(200, personJson(user));
    const manager = user.manager === undefined ? undefined : world.users.get(objectIdOf(user.manager));
    return manager === undefined
      ? graphError(404, 'Request_ResourceNotFound', "Resource 'manager' does not exist.")
      : answer(200, { '@odata.type': '#microsoft.graph.user', ...personJson(manager) });
  }
  log.unknownRequests.push({ at: now, method: wire.method, url: wire.url });
  return graphError(404, 'Request_ResourceNotFound', `There is nothing at ${url.pathname}.`);
}
