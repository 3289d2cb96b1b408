import { adminSection, haltBanner } from './admin-section.ts';
import { post, Refusal, remove } from './api.ts';
import { askForMachine } from './ask-dialog.ts';
import { pathOf } from './compute-address.ts';
import { enrol, power, snooze } from './compute-deeds.ts';
import { computesSection } from './computes-section.ts';
import type { Doing } from './doing.ts';
import { element } from './element.ts';
import { accept, consent, withdraw } from './finding-deeds.ts';
import { findingsSection } from './findings-section.ts';
import { redraw } from './focus.ts';
import { showInstance } from './instance-dialog.ts';
import { askAboutLink, linkInAddress } from './link-dialog.ts';
import { computeInAddress, partInAddress, requestInAddress } from './linked-compute.ts';
import { load, type Loaded } from './load.ts';
import { quotaSection } from './quota-section.ts';
import { cancel, decide } from './request-deeds.ts';
import { requestsSection } from './requests-section.ts';
import { takeTokenFromAddress } from './session.ts';
import { summarySection } from './summary-section.ts';

const refreshMs = 15_000;

const page = document.getElementById('page') ?? document.body;
const noticePlace = document.getElementById('notice') ?? document.body;
const quota = quotaSection();
const linked = computeInAddress();
const act = linkInAddress();
const askedRequest = requestInAddress();
const askedPart = partInAddress();
let signedIn = false;
let drawn = '';

function signIn(): HTMLElement {
  return element(
    'section',
    {},
    element('h2', {}, 'Sign in'),
    element('p', {}, 'Lamplighter shows you your own computes, and admins all of them.'),
    element(
      'p',
      {},
      element(
        'a',
        {
          href: `/.auth/login/aad?post_login_redirect_uri=${encodeURIComponent(location.pathname + location.search)}`,
          class: 'button',
        },
        'Sign in with Entra',
      ),
    ),
    element('p', { class: 'quiet' }, 'On your own machine, open the address that the local run printed.'),
  );
}

function show(...sections: readonly (HTMLElement | null)[]): void {
  redraw(page, () => page.replaceChildren(...sections.filter((section) => section !== null)));
}

/** Said aloud by screen readers, and where the eye begins. */
function say(text: string): void {
  noticePlace.textContent = text;
}

const explainRefusal = (error: unknown): string =>
  error instanceof Refusal ? `${error.message} ${error.advice}` : 'The app cannot be reached; trying again.';

async function refresh(): Promise<void> {
  try {
    const loaded = await load(askedRequest);
    signedIn = true;
    const { at: _, ...summary } = loaded.summary;
    // Times that are shown as distances move on with the minute.
    const now = JSON.stringify([{ ...loaded, summary }, loaded.summary.at.slice(0, 16)]);
    if (now !== drawn) draw(loaded);
    drawn = now;
  } catch (error) {
    drawn = '';
    if (error instanceof Refusal && error.status === 401) show(signIn());
    else {
      say(explainRefusal(error));
      show(element('section', {}, element('p', {}, 'Nothing can be shown right now.')));
    }
  }
}

const doing: Doing = (said, deed) => {
  deed().then(
    (answer) => {
      say(said ?? String(answer));
      return refresh();
    },
    (error: unknown) => {
      say(explainRefusal(error));
      return refresh();
    },
  );
};

function admins({ summary, admin }: Loaded): HTMLElement | null {
  if (admin === null) return null;
  return adminSection(summary, admin, {
    halt: () => doing('Halted: nothing is written to Azure.', () => post('/api/halt', {})),
    resume: () => doing('Work goes on.', () => post('/api/resume', {})),
    release: (batchId) =>
      doing('Released: the next look acts on them.', () =>
        post(`/api/batches/${encodeURIComponent(batchId)}/release`),
      ),
    approve: (hash) => doing('Approved.', () => post(`/api/policy/approvals/${encodeURIComponent(hash)}`)),
  });
}

function draw(loaded: Loaded): void {
  const { summary, computes, more, requests, findings } = loaded;
  const { you } = summary;
  show(
    haltBanner(summary.halt),
    summarySection(summary),
    admins(loaded),
    computesSection(computes, Date.parse(summary.at), linked?.compute.compute ?? null, {
      keep: (compute) => snooze(doing, compute, compute.schedule?.stop !== null && compute.schedule !== null),
      endSnooze: (compute) =>
        doing(`${compute.compute} is judged like any other again.`, () =>
          remove(`${pathOf(compute)}/snooze`),
        ),
      stopAfterJob: (compute) =>
        doing(`${compute.compute} stops once its jobs have ended and it has been quiet since.`, () =>
          post(`${pathOf(compute)}/stop-after-job`, {}),
        ),
      endWish: (compute) =>
        doing(`${compute.compute} is not stopped after its job.`, () =>
          remove(`${pathOf(compute)}/stop-after-job`),
        ),
      regret: (compute) =>
        doing('Noted. Sorry for that; it counts in the figures above.', () =>
          post(`${pathOf(compute)}/regret`, {}),
        ),
      more: (compute) => showInstance(compute, (action) => doing(null, () => power(compute, action))),
    }),
    more
      ? element('p', { class: 'quiet' }, 'Only the first 500 are shown; /api/computes gives the rest.')
      : null,
    requestsSection(requests, you, {
      ask: () =>
        askForMachine(you.admin, (request) => {
          say(request.sentence);
          void refresh();
        }),
      decide: decide.bind(null, doing),
      cancel: cancel.bind(null, doing),
    }),
    findingsSection(findings, {
      accept: you.admin ? accept.bind(null, doing) : null,
      consent: consent.bind(null, doing),
      withdraw: withdraw.bind(null, doing),
    }),
    quota,
  );
}

/** Brings the eye and the keyboard to what the page was opened for. */
function goTo(id: string): boolean {
  const part = document.getElementById(id);
  if (part === null) return false;
  for (let folded = part.closest('details'); folded !== null; ) {
    folded.open = true;
    folded = folded.parentElement?.closest('details') ?? null;
  }
  if (part instanceof HTMLElement && part.tabIndex < 0) part.setAttribute('tabindex', '-1');
  part.scrollIntoView({ block: 'start' });
  part.focus({ preventScroll: true });
  return true;
}

/** Whoever has to sign in first comes back to the same address; then it is cleared, so that a reload does not ask again. */
function askIfLinked(): void {
  if (!signedIn) return;
  if (askedRequest !== null && !goTo(`request-${askedRequest}`)) {
    say('There is no such request that you may see. It may be older than 90 days, or somebody else’s.');
  }
  if (askedPart !== null) goTo(askedPart);
  if (act === null && !(linked?.snooze === true || linked?.enrol === true)) return;
  history.replaceState(null, '', location.pathname);
  if (act !== null) {
    askAboutLink(act, (deed) => doing(null, deed)).catch((error: unknown) => say(explainRefusal(error)));
  } else if (linked?.snooze === true) snooze(doing, linked.compute, true);
  else if (linked !== null) enrol(linked.compute);
}

takeTokenFromAddress();
void refresh().then(askIfLinked);
setInterval(() => {
  // A page nobody looks at asks for nothing.
  if (!document.hidden) void refresh();
}, refreshMs);
