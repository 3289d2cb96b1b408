import { type ActionLink, linkText } from '../core/links/action-link.ts';
import type { Message } from '../ports/notifier.ts';
import type { Flow } from './flow.ts';
import { pagePath } from './tell.ts';

/** A link that is lost somewhere should not open anything for long; the page goes on offering the same. */
export const longestLinkMs = 72 * 3_600_000;

export type OfferedLink = ActionLink & {
  readonly label: string;
  /** Where the same can be done without a signed link: for deployments that have no key. */
  readonly otherwise: string;
};

/**
 * The link of a message that asks for something: signed, for this deed, subject and person alone, good once and until
 * `expiresAt`, at most 72 hours. It opens the page, which shows what would be done and asks; following it does nothing.
 */
export function linkFor(flow: Flow, link: OfferedLink): Message['links'][number] {
  const { label, otherwise, ...offered } = link;
  const latest = flow.ports.clock.now() + longestLinkMs;
  const text = linkText({ ...offered, expiresAt: Math.min(link.expiresAt, latest) });
  const sealed = flow.ports.linkSeal.seal(text);
  return { label, path: sealed === null ? otherwise : `${pagePath}?act=${sealed}` };
}
