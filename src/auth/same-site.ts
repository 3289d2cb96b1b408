import { LamplighterError } from '../core/errors.ts';
import type { Caller } from './caller.ts';

type Request = {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
};

const crossSite = () =>
  new LamplighterError('Another site made your browser send this request.', {
    code: 'auth.cross-site',
    fault: 'caller',
    fix: 'Open Lamplighter’s own page and press the button there.',
  });

/**
 * A sign-in cookie travels with requests that other sites trigger, a token does not. So whoever is known by cookie
 * may change something only from our own pages, as the browser itself declares it.
 */
export function refuseCrossSite(request: Request, caller: Caller, publicUrl: string | null): void {
  if (caller.by === 'token' || request.method === 'GET') return;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') throw crossSite();
  const origin = request.headers.get('origin');
  const ours = [request.url, publicUrl].flatMap((url) => (url === null ? [] : [new URL(url).origin]));
  if (origin !== null && !ours.includes(origin)) throw crossSite();
}
