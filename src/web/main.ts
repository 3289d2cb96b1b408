import type { ComputeView } from '../present/json/compute-view.ts';
import type { SummaryView } from '../present/json/summary-view.ts';
import { adminSection, type AdminState, haltBanner } from './admin-section.ts';
import { post, read, Refusal, remove } from './api.ts';
import { computesSection } from './computes-section.ts';
import { element } from './element.ts';
import { type EnrolmentLines, offerEnrolment } from './enrol-dialog.ts';
import { askHowLong } from './keep-dialog.ts';
import { askAboutLink, linkInAddress } from './link-dialog.ts';
import { type ComputeAddress, computeInAddress } from './linked-compute.ts';
import { takeTokenFromAddress } from './session.ts';
import { summarySection } from './summary-section.ts';

const refreshMs = 15_000;

type Loaded = {
  readonly summary: SummaryView;
  readonly computes: readonly ComputeView[];
  readonly more: boolean;
  readonly admin: AdminState | null;
};

const addressOf = (compute: ComputeAddress): string =>
  `/api/computes/${[compute.subscription, compute.resourceGroup, compute.workspace, compute.compute].map(encodeURIComponent).join('/')}`;

async function load(): Promise<Loaded> {
  const [summary, list] = await Promise.all([
    read<SummaryView>('/api/summary'),
    read<{ computes: ComputeView[]; next: string | null }>('/api/computes'),
  ]);
  const admin = summary.you.admin
    ? await Promise.all([
        read<{ batches: AdminState['batches'] }>('/api/batches'),
        read<{ pending: AdminState['pending'] }>('/api/policy'),
      ]).then(([held, policy]) => ({ batches: held.batches, pending: policy.pending }))
    : null;
  return { summary, computes: list.computes, more: list.next !== null, admin };
}

const page = document.getElementById('page') ?? document.body;
let notice = '';
let signedIn = false;
const linked = computeInAddress();
const act = linkInAddress();

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
  // What the reader unfolded stays unfolded over a refresh.
  const unfolded = new Set(
    [...page.querySelectorAll('details[open] > summary')].map((one) => one.textContent),
  );
  page.replaceChildren(
    element(
      'header',
      {},
      element('h1', {}, 'Lamplighter'),
      notice === '' ? '' : element('p', { class: 'notice', role: 'status' }, notice),
    ),
    ...sections.filter((section) => section !== null),
  );
  for (const details of page.querySelectorAll('details')) {
    details.open = unfolded.has(details.querySelector('summary')?.textContent ?? '');
  }
}

const explainRefusal = (error: unknown): string =>
  error instanceof Refusal ? `${error.message} ${error.advice}` : 'The app cannot be reached; trying again.';

async function refresh(): Promise<void> {
  try {
    draw(await load());
    signedIn = true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) show(signIn());
    else {
      notice = explainRefusal(error);
      show(element('section', {}, element('p', {}, 'Nothing can be shown right now.')));
      notice = '';
    }
  }
}

function doing(said: string | null, act: () => Promise<unknown>): void {
  act().then(
    (answer) => {
      notice = said ?? String(answer);
      return refresh();
    },
    (error: unknown) => {
      notice = explainRefusal(error);
      return refresh();
    },
  );
}

function snooze(compute: ComputeAddress): void {
  askHowLong(compute.compute, (length) => {
    const howLong = 'for' in length ? `for ${length.for}` : 'past the next stop of its schedules';
    doing(null, async () => {
      const answer = (await post(`${addressOf(compute)}/snooze`, length)) as {
        readonly notice: string | null;
      };
      return `${compute.compute} is left running ${howLong}. ${answer.notice ?? ''}`.trim();
    });
  });
}

function enrol(compute: ComputeAddress): void {
  offerEnrolment(
    compute.compute,
    async () => (await post(`${addressOf(compute)}/enrolments`, {})) as EnrolmentLines,
  );
}

function draw({ summary, computes, more, admin }: Loaded): void {
  show(
    haltBanner(summary.halt),
    summarySection(summary),
    admin === null
      ? null
      : adminSection(summary, admin, {
          halt: () => doing('Halted: nothing is written to Azure.', () => post('/api/halt', {})),
          resume: () => doing('Work goes on.', () => post('/api/resume', {})),
          release: (batchId) =>
            doing('Released: the next look acts on them.', () =>
              post(`/api/batches/${encodeURIComponent(batchId)}/release`),
            ),
          approve: (hash) =>
            doing('Approved.', () => post(`/api/policy/approvals/${encodeURIComponent(hash)}`)),
        }),
    computesSection(computes, Date.parse(summary.at), linked?.compute.compute ?? null, {
      keep: snooze,
      endSnooze: (compute) =>
        doing(`${compute.compute} is judged like any other again.`, () =>
          remove(`${addressOf(compute)}/snooze`),
        ),
      stopAfterJob: (compute) =>
        doing(`${compute.compute} stops once its jobs have ended and it has been quiet since.`, () =>
          post(`${addressOf(compute)}/stop-after-job`, {}),
        ),
      endWish: (compute) =>
        doing(`${compute.compute} is not stopped after its job.`, () =>
          remove(`${addressOf(compute)}/stop-after-job`),
        ),
      regret: (compute) =>
        doing('Noted. Sorry for that; it counts in the figures above.', () =>
          post(`${addressOf(compute)}/regret`, {}),
        ),
    }),
    more
      ? element('p', { class: 'quiet' }, 'Only the first 500 are shown; /api/computes gives the rest.')
      : null,
  );
}

/** Whoever has to sign in first comes back to the same address; then it is cleared, so that a reload does not ask again. */
function askIfLinked(): void {
  if (signedIn && act !== null) {
    history.replaceState(null, '', location.pathname);
    askAboutLink(act, (done) => doing(null, done)).catch((error: unknown) => {
      notice = explainRefusal(error);
      return refresh();
    });
    return;
  }
  if (!signedIn || linked === null || !(linked.snooze || linked.enrol)) return;
  history.replaceState(null, '', location.pathname);
  if (linked.snooze) snooze(linked.compute);
  else enrol(linked.compute);
}

takeTokenFromAddress();
void refresh().then(askIfLinked);
setInterval(() => {
  // A page nobody looks at asks for nothing.
  if (!document.hidden) void refresh();
}, refreshMs);
