import { timeText } from '../core/explain/time-text.ts';
import { LamplighterError } from '../core/errors.ts';
import type { ObjectId } from '../core/ids.ts';
import { type ActionLink, parseLinkText } from '../core/links/action-link.ts';
import {
  giveLinkBack,
  readUsedLink,
  type StoredUsedLink,
  takeLink,
  type UsedLink,
} from '../ledger/used-links.ts';
import type { Flow } from './flow.ts';

/** A link that was made here, is for this person, and can still be used. */
export type GoodLink = { readonly link: ActionLink; readonly text: string };

/** After this long a deed without an end is taken for one whose process died; deeds bear being done twice. */
const abandonedAfterMs = 60_000;

const refuse = (code: string, message: string, fix: string, retryable = false): LamplighterError =>
  new LamplighterError(message, { code, fault: 'caller', field: 'link', fix, retryable });

const onThePage = 'Open Lamplighter’s page: what can still be done is offered there.';

function wasUsed(used: UsedLink, by: ObjectId, now: number): LamplighterError {
  if (used.doneAt === null) {
    return refuse('link.in-progress', 'The link is just being used.', 'Look again in a few seconds.', true);
  }
  const at = timeText(used.doneAt, now);
  const who = used.objectId === by ? 'You used this link' : 'This link was used';
  return refuse('link.used', `${who} at ${at}; each works once.`, onThePage);
}

const isAbandoned = (used: UsedLink, now: number): boolean =>
  used.doneAt === null && now - used.startedAt >= abandonedAfterMs;

/**
 * Reads a link somebody followed. Throws `link.invalid` for what was not made here or was changed, `link.other-person`,
 * `link.expired`, `link.used`, `link.in-progress`.
 */
export async function openLink(flow: Flow, sealed: string, by: ObjectId): Promise<GoodLink> {
  const { linkSeal, clock, ledger } = flow.ports;
  const text = linkSeal.open(sealed);
  const link = text === null ? null : parseLinkText(text);
  if (text === null || link === null) {
    throw refuse('link.invalid', 'This link was not made by Lamplighter, or has been changed.', onThePage);
  }
  if (link.person !== null && link.person !== by) {
    throw refuse(
      'link.other-person',
      'This link was made for somebody else.',
      'Only whoever the message names can use it.',
    );
  }
  const now = clock.now();
  if (now >= link.expiresAt) {
    throw refuse(
      'link.expired',
      `This link could be used until ${timeText(link.expiresAt, now)}.`,
      onThePage,
    );
  }
  const stored = await readUsedLink(ledger, text);
  if (stored !== null && !isAbandoned(stored.used, now)) throw wasUsed(stored.used, by, now);
  return { link, text };
}

async function take(flow: Flow, good: GoodLink, by: ObjectId): Promise<StoredUsedLink> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const earlier = await readUsedLink(ledger, good.text);
  if (earlier !== null && !isAbandoned(earlier.used, now)) throw wasUsed(earlier.used, by, now);
  const used: UsedLink = { objectId: by, startedAt: now, doneAt: null };
  const taken = await takeLink(ledger, good.text, used, good.link.expiresAt, earlier);
  if (taken !== null) return taken;
  const winner = await readUsedLink(ledger, good.text);
  throw wasUsed(winner?.used ?? used, by, now);
}

/** Does the deed of a good link once, whichever processes are asked at the same time. A deed that throws leaves it good. */
export async function useLink<Done>(
  flow: Flow,
  good: GoodLink,
  by: ObjectId,
  act: () => Promise<Done>,
): Promise<Done> {
  const { ledger, clock } = flow.ports;
  const taken = await take(flow, good, by);
  let done: Done;
  try {
    done = await act();
  } catch (error) {
    // A ledger that fails now must not hide why; what it keeps is taken for abandoned in a minute.
    await giveLinkBack(ledger, good.text, taken).catch(() => undefined);
    throw error;
  }
  await takeLink(ledger, good.text, { ...taken.used, doneAt: clock.now() }, good.link.expiresAt, taken);
  return done;
}
