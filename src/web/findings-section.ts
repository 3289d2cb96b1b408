import type { FindingView } from '../present/json/finding-view.ts';
import { actButton } from './dialog.ts';
import { element } from './element.ts';
import { dollars, localTime, plural } from './wording.ts';

const subjectOf = ({ compute, group }: FindingView): string => {
  if (compute !== null) return `${compute.workspace}/${compute.compute}`;
  return group === null ? 'the fleet' : `${group.per} ${group.name}`;
};

export type FindingActions = {
  /** Null: only admins accept. */
  readonly accept: ((finding: FindingView) => void) | null;
  readonly consent: (finding: FindingView) => void;
  readonly withdraw: (finding: FindingView) => void;
};

/** Where the policy lets Lamplighter delete for it. */
function deletionText({ deletion }: FindingView): string | null {
  if (deletion === null || deletion.consent === null) return null;
  const { by, until } = deletion.consent;
  const failure = deletion.failure === null ? '' : ` Azure says: ${deletion.failure}`;
  return `${by.name ?? by.objectId} consented to its deletion until ${localTime(until)}, as long as it stays off.${failure}`;
}

function buttonsOf(finding: FindingView, { accept, consent, withdraw }: FindingActions): HTMLElement | null {
  const { deletion } = finding;
  if (finding.status !== 'open') return null;
  return element(
    'p',
    { class: 'buttons' },
    accept === null ? null : actButton('Accept until a date', () => accept(finding)),
    deletion !== null && deletion.consent === null
      ? actButton('It may be deleted', () => consent(finding), 'danger')
      : null,
    deletion !== null && deletion.consent !== null
      ? actButton('Take the consent back', () => withdraw(finding))
      : null,
  );
}

function itemOf(finding: FindingView, actions: FindingActions): HTMLElement {
  const deletion = deletionText(finding);
  const { accepted } = finding;
  return element(
    'article',
    { class: 'card' },
    element('p', {}, element('b', {}, `${subjectOf(finding)}: ${finding.title}`)),
    element('p', {}, `${finding.sentence} ${finding.fix}`),
    element(
      'small',
      {},
      [
        `since ${localTime(finding.raisedAt)}`,
        ...(finding.usdPerMonth === null
          ? []
          : [`about ${dollars(finding.usdPerMonth)} a month at list price`]),
        ...(accepted === null || finding.status !== 'accepted'
          ? []
          : [
              `accepted by ${accepted.by} until ${localTime(accepted.until)}${accepted.why === null ? '' : `: ${accepted.why}`}`,
            ]),
      ].join(' · '),
    ),
    deletion === null ? null : element('p', {}, deletion),
    buttonsOf(finding, actions),
  );
}

const costOf = (findings: readonly FindingView[]): number =>
  findings.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);

/** Rules that are broken. Only admins may say that one may stay so. */
export function findingsSection(findings: readonly FindingView[], actions: FindingActions): HTMLElement {
  const open = findings.filter(({ status }) => status === 'open');
  const accepted = findings.filter(({ status }) => status === 'accepted');
  const cost = costOf(open);
  const said =
    open.length === 0
      ? 'No rule is broken that you can see.'
      : `${plural(open.length, 'rule is broken', 'rules are broken')}${cost === 0 ? '' : `, about ${dollars(cost)} a month at list price`}.`;
  return element(
    'section',
    { id: 'findings' },
    element('h2', {}, 'Findings'),
    element('p', { class: 'quiet' }, said),
    open.length === 0
      ? null
      : element(
          'details',
          {},
          element('summary', {}, plural(open.length, 'finding')),
          ...open.map((finding) => itemOf(finding, actions)),
        ),
    accepted.length === 0
      ? null
      : element(
          'details',
          {},
          element('summary', {}, `${accepted.length} accepted for now`),
          ...accepted.map((finding) => itemOf(finding, actions)),
        ),
  );
}
