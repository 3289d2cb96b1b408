import type { FindingView } from '../present/json/finding-view.ts';
import { element } from './element.ts';
import { dollars, localTime, plural } from './wording.ts';

const subjectOf = ({ compute, group }: FindingView): string => {
  if (compute !== null) return `${compute.workspace}/${compute.compute}`;
  return group === null ? 'the fleet' : `${group.per} ${group.name}`;
};

function itemOf(finding: FindingView, accept: ((finding: FindingView) => void) | null): HTMLElement {
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
    accept === null || finding.status !== 'open'
      ? null
      : element(
          'p',
          { class: 'buttons' },
          element('button', { type: 'button', act: () => accept(finding) }, 'Accept until a date'),
        ),
  );
}

const costOf = (findings: readonly FindingView[]): number =>
  findings.reduce((sum, { usdPerMonth }) => sum + (usdPerMonth ?? 0), 0);

/** Rules that are broken. Only admins may say that one may stay so. */
export function findingsSection(
  findings: readonly FindingView[],
  accept: ((finding: FindingView) => void) | null,
): HTMLElement {
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
          ...open.map((finding) => itemOf(finding, accept)),
        ),
    accepted.length === 0
      ? null
      : element(
          'details',
          {},
          element('summary', {}, `${accepted.length} accepted for now`),
          ...accepted.map((finding) => itemOf(finding, null)),
        ),
  );
}
