import type { ComputeView } from '../present/json/compute-view.ts';
import type { FindingView } from '../present/json/finding-view.ts';
import type { RequestView } from '../present/json/request-view.ts';
import type { SummaryView } from '../present/json/summary-view.ts';
import { askUntil } from './accept-dialog.ts';
import { adminSection, type AdminState, haltBanner } from './admin-section.ts';
import { post, read, Refusal, remove } from './api.ts';
import { askForMachine } from './ask-dialog.ts';
import { askForComment } from './comment-dialog.ts';
import { type ComputeAddress, pathOf } from './compute-address.ts';
import { computesSection } from './computes-section.ts';
import { confirmFirst } from './dialog.ts';
import { element } from './element.ts';
import { type EnrolmentLines, offerEnrolment } from './enrol-dialog.ts';
import { findingsSection } from './findings-section.ts';
import { redraw } from './focus.ts';
import { type InstanceAction, showInstance } from './instance-dialog.ts';
import { askHowLong, keepMeaning } from './keep-dialog.ts';
import { askAboutLink, linkInAddress } from './link-dialog.ts';
import { computeInAddress, partInAddress, requestInAddress } from './linked-compute.ts';
import { quotaSection } from './quota-section.ts';
import { requestsSection } from './requests-section.ts';
import { takeTokenFromAddress } from './session.ts';
import { summarySection } from './summary-section.ts';

const refreshMs = 15_000;

type Loaded = {
  readonly summary: SummaryView;
  readonly computes: readonly ComputeView[];
  readonly more: boolean;
  readonly requests: readonly RequestView[];
  readonly findings: readonly FindingView[];
  readonly admin: AdminState | null;
};

const page = document.getElementById('page') ?? document.body;
const noticePlace = document.getElementById('notice') ?? document.body;
const quota = quotaSection();
const linked = computeInAddress();
const act = linkInAddress();
const askedRequest = requestInAddress();
const askedPart = partInAddress();
let signedIn = false;
let drawn = '';

/** The request that a message linked to may be older than the list goes. */
async function linkedRequest(listed: readonly RequestView[]): Promise<readonly RequestView[]> {
  if (askedRequest === null || listed.some(({ requestId }) => requestId === askedRequest)) return listed;
  try {
    return [await read<RequestView>(`/api/requests/${encodeURIComponent(askedRequest)}`), ...listed];
  } catch (error) {
    if (error instanceof Refusal && error.status !== 401) return listed;
    throw error;
  }
}

async function load(): Promise<Loaded> {
  const [summary, list, asked, broken] = await Promise.all([
    read<SummaryView>('/api/summary'),
    read<{ computes: ComputeView[]; next: string | null }>('/api/computes'),
    read<{ requests: RequestView[] }>('/api/requests?limit=50'),
    read<{ findings: FindingView[] }>('/api/findings'),
  ]);
  const admin = summary.you.admin
    ? await Promise.all([
        read<{ batches: AdminState['batches'] }>('/api/batches'),
        read<{ pending: AdminState['pending'] }>('/api/policy'),
      ]).then(([held, policy]) => ({ batches: held.batches, pending: policy.pending }))
    : null;
  return {
    summary,
    computes: list.computes,
    more: list.next !== null,
    requests: await linkedRequest(asked.requests),
    findings: broken.findings,
    admin,
  };
}

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
    const loaded = await load();
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

/** Does something and says what came of it: the given words, or else the answer. */
function doing(said: string | null, deed: () => Promise<unknown>): void {
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
}

function snooze(compute: ComputeAddress, scheduled: boolean): void {
  askHowLong(`Keep ${compute.compute}`, keepMeaning, scheduled, (length) => {
    const howLong = 'for' in length ? `for ${length.for}` : 'past the next stop of its schedules';
    doing(null, async () => {
      const answer = (await post(`${pathOf(compute)}/snooze`, length)) as {
        readonly notice: string | null;
      };
      return `${compute.compute} is left running ${howLong}. ${answer.notice ?? ''}`.trim();
    });
  });
}

function enrol(compute: ComputeAddress): void {
  offerEnrolment(
    compute.compute,
    async () => (await post(`${pathOf(compute)}/enrolments`, {})) as EnrolmentLines,
  );
}

async function power(compute: ComputeAddress, action: InstanceAction): Promise<string> {
  const path = pathOf(compute);
  const answer =
    action === 'delete'
      ? await remove(`${path}?confirm=${encodeURIComponent(compute.compute)}`)
      : await post(`${path}/${action}`);
  const { already, sentence } = answer as { already: boolean; sentence: string };
  return already ? `${compute.compute} is there already, or on its way.` : `${compute.compute}: ${sentence}`;
}

function decide(request: RequestView, vote: 'approve' | 'reject'): void {
  const label = vote === 'approve' ? 'Approve' : 'Reject';
  const who = request.requestedBy.name ?? request.requestedBy.objectId;
  askForComment(
    `${label} this request?`,
    `${who} asks: ${request.sentence}`,
    { label, danger: vote === 'reject' },
    (comment) =>
      doing(null, async () => {
        const body = comment === null ? {} : { comment };
        const path = `/api/requests/${encodeURIComponent(request.requestId)}/${vote}`;
        return ((await post(path, body)) as RequestView).sentence;
      }),
  );
}

function cancel(request: RequestView): void {
  const made = request.status === 'provisioning' ? 'What has been begun is deleted again.' : '';
  confirmFirst('Cancel this request?', `${request.sentence} ${made}`, 'Cancel the request', () =>
    doing(null, async () => {
      const path = `/api/requests/${encodeURIComponent(request.requestId)}/cancel`;
      return ((await post(path)) as RequestView).sentence;
    }),
  );
}

const accept = (finding: FindingView): void =>
  askUntil(finding, (acceptance) =>
    doing('Accepted until then.', () =>
      post('/api/findings/accept', { findingId: finding.findingId, ...acceptance }),
    ),
  );

/** Whether this person may is the app's to say. */
const consent = (finding: FindingView): void => {
  const name = finding.compute?.compute ?? '';
  confirmFirst(
    `May ${name} be deleted?`,
    'Its OS disk, /tmp and installed packages would go for good; files on the workspace share stay, and its quota is free again. The consent holds for 7 days and only while it stays off.',
    'It may be deleted',
    () =>
      doing('Noted. It can be taken back until it is deleted.', () =>
        post('/api/findings/consent', { findingId: finding.findingId, compute: name }),
      ),
    name,
  );
};
const withdraw = ({ findingId }: FindingView): void =>
  doing('The consent is taken back.', () => post('/api/findings/consent-withdrawal', { findingId }));

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
      keep: (compute) => snooze(compute, compute.schedule?.stop !== null && compute.schedule !== null),
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
      decide,
      cancel,
    }),
    findingsSection(findings, { accept: you.admin ? accept : null, consent, withdraw }),
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
  } else if (linked?.snooze === true) snooze(linked.compute, true);
  else if (linked !== null) enrol(linked.compute);
}

takeTokenFromAddress();
void refresh().then(askIfLinked);
setInterval(() => {
  // A page nobody looks at asks for nothing.
  if (!document.hidden) void refresh();
}, refreshMs);
