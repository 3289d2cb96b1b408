import { shortHash } from '../../core/ids.ts';

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const known = new Map<string, string>();
const knownAtMost = 50_000;

/** A GUID that depends on the kind and the name alone, so that a world looks the same wherever it runs. */
export function guidOf(kind: string, name: string): string {
  const text = `${kind}:${name}`;
  // Every sample of every machine asks for the same few.
  const before = known.get(text);
  if (before !== undefined) return before;
  const hex = shortHash(text);
  const guid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  if (known.size >= knownAtMost) known.clear();
  known.set(text, guid);
  return guid;
}

const guidOrName = (kind: string, name: string): string =>
  guidPattern.test(name) ? name.toLowerCase() : guidOf(kind, name);

/** `sub1`, `SUB1` and the GUID they stand for are the same subscription. */
export const subscriptionIdOf = (name: string): string => guidOrName('subscription', name.toLowerCase());
export const objectIdOf = (userName: string): string => guidOrName('user', userName);
/** An identity's application id: `name` itself where it is one. */
export const applicationIdOf = (name: string): string => guidOrName('application', name);
export const groupIdOf = (team: string): string => guidOrName('group', team);
/** Every simulated subscription and person is of this one tenant. */
export const tenantId: string = guidOf('tenant', 'lamplighter');

/** Replaces a small subscription name in a resource id by its GUID; leaves everything else, casing too, as it is. */
export const expandResourceId = (id: string): string =>
  id.replace(
    /^\/subscriptions\/([^/]+)/i,
    (whole, name: string) => whole.slice(0, -name.length) + subscriptionIdOf(name),
  );
