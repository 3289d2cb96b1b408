/** A path of the management API, parsed. */
export type ManagementRoute =
  | { readonly kind: 'start'; readonly name: string; readonly instanceId: string | null }
  | { readonly kind: 'instances' }
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'operation'; readonly instanceId: string; readonly operation: string }
  | { readonly kind: 'raiseEvent'; readonly instanceId: string; readonly eventName: string }
  | { readonly kind: 'entities' };

const BASES = ['/runtime/webhooks/durabletask', '/durabletask'];

/** Null if there is no such path. A plus in the path means a blank; an escaped slash parts segments as a plain one does. */
export function managementRoute(pathname: string): ManagementRoute | null {
  const base = BASES.find((each) => pathname.toLowerCase().startsWith(`${each}/`));
  const text = decoded(pathname.slice(base?.length ?? 0));
  if (base === undefined || text === null) return null;
  const [, collection, ...rest] = text.split('/');
  if (rest.at(-1) === '') rest.pop();
  const [first, second, third] = rest;
  switch (collection?.toLowerCase()) {
    case 'orchestrators':
      if (first === undefined || rest.length > 2) return null;
      return { kind: 'start', name: first, instanceId: second ?? null };
    case 'instances':
      if (first === undefined) return { kind: 'instances' };
      if (second === undefined) return { kind: 'instance', instanceId: first };
      if (second.toLowerCase() === 'raiseevent' && third !== undefined && rest.length === 3)
        return { kind: 'raiseEvent', instanceId: first, eventName: third };
      return rest.length === 2
        ? { kind: 'operation', instanceId: first, operation: second.toLowerCase() }
        : null;
    case 'entities':
      return { kind: 'entities' };
    case undefined:
    default:
      return null;
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
