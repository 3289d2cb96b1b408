const storageKey = 'lamplighter.token';
const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The token of a local run arrives in the address's fragment, which is sent to no server, and is taken out of it at
 * once. Elsewhere such an address is ignored: there the platform signs people in, and a link must not choose who they are.
 */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  if (loopbackHosts.includes(location.hostname)) sessionStorage.setItem(storageKey, token);
  history.replaceState(null, '', location.pathname + location.search);
}

export const sessionToken = (): string | null => sessionStorage.getItem(storageKey);
