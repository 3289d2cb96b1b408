import { usdText } from '../../core/cost/money.ts';
import { numberText } from '../../core/explain/plain-text.ts';
import type { EvidenceView, ExplainView } from '../../present/json/explain-view.ts';
import { type Cell, type Colour, type Look, paint, table } from '../../present/table.ts';
import { factsText } from '../facts-text.ts';

const clock = (iso: string, near: string): string =>
  `${iso.slice(0, 10) === near.slice(0, 10) ? '' : `${iso.slice(0, 10)} `}${iso.slice(11, 16)} UTC`;
const percent = (value: number): string => `${numberText(value)} %`;

function metricsText({ metrics }: EvidenceView): string {
  if (metrics.unread !== null) return `cannot be read: ${metrics.unread}`;
  const coverage = metrics.coverage === null ? '' : ` (${numberText(metrics.coverage * 100, 0)} %)`;
  const cpu =
    metrics.cpuPercentMax === null ? 'no CPU seen' : `CPU at most ${percent(metrics.cpuPercentMax)}`;
  const cores = metrics.cpuCoresMax === null ? '' : `, ${numberText(metrics.cpuCoresMax, 2)} cores`;
  const gpu = metrics.gpuPercentMax === null ? '' : `, GPU at most ${percent(metrics.gpuPercentMax)}`;
  const network =
    metrics.networkMegabytesMax === null
      ? ''
      : `, network at most ${numberText(metrics.networkMegabytesMax)} MB a minute`;
  return `${metrics.samples} of ${metrics.expected} samples${coverage}; ${cpu}${cores}${gpu}${network}`;
}

function jobsText({ jobs }: EvidenceView): string {
  if (jobs.unread !== null) return `cannot be read: ${jobs.unread}`;
  return jobs.unfinished.length === 0
    ? 'none that has not ended'
    : jobs.unfinished.map(({ name, status }) => `${name} (${status})`).join(', ');
}

function sessionText({ session }: EvidenceView, view: ExplainView): string {
  if (session.reports === 0) {
    return view.ledger === null ? 'not known without --ledger' : 'none: the session agent does not report';
  }
  const newest = session.newestAt === null ? '' : `, the newest of ${clock(session.newestAt, view.at)}`;
  return `${session.reports} reports${newest}; busy: ${session.busy ?? 'nothing'}`;
}

const evidenceFacts = (evidence: EvidenceView, view: ExplainView) =>
  [
    [
      'Evidence',
      `${evidence.activity}, decidable by ${evidence.decidableBy}; looked at ${clock(evidence.fromAt, view.at)} to ${clock(evidence.toAt, view.at)}`,
    ],
    ['  metrics', metricsText(evidence)],
    ['  jobs', jobsText(evidence)],
    ['  session', sessionText(evidence, view)],
    [
      '  last use',
      evidence.lastActiveAt === null ? 'none in that time' : clock(evidence.lastActiveAt, view.at),
    ],
    ['  unknown', evidence.unknownBecause],
  ] as const;

function nextText(view: ExplainView): string {
  const parts = [
    ...view.warnings.flatMap(({ reason, stopDueAt }) =>
      stopDueAt === null ? [] : [`${reason} is out: stop at ${clock(stopDueAt, view.at)}`],
    ),
    ...(view.warnings.length === 0 && view.decision.stopDueAt !== null
      ? [`a warning, and a stop at ${clock(view.decision.stopDueAt, view.at)}`]
      : []),
    ...view.schedules.flatMap(({ name, nextStopAt, nextStartAt }) => [
      ...(nextStopAt === null ? [] : [`schedule ${name} stops it at ${clock(nextStopAt, view.at)}`]),
      ...(nextStartAt === null ? [] : [`schedule ${name} starts it at ${clock(nextStartAt, view.at)}`]),
    ]),
  ];
  return parts.length === 0 ? 'nothing is announced or scheduled' : parts.join('; ');
}

function costText({ cost }: ExplainView): string {
  const running =
    cost.usdPerHour === null
      ? 'running: the price of its size is not known'
      : `running: ${usdText(cost.usdPerHour)} an hour, ${usdText(cost.usdPerMonth)} a month (list price)`;
  return `${running}; stopped: ${cost.stoppedUnpriced.join(', ')} go on costing, at prices that are not known here, and its quota stays used`;
}

const outcomes: Readonly<Record<string, Colour | null>> = {
  keeps: 'green',
  asks: 'yellow',
  passes: null,
  off: 'grey',
};

function rulesTable({ rules }: ExplainView, look: Look): string {
  const rows = rules.map(({ rule, outcome, detail }): readonly Cell[] => {
    const colour = outcomes[outcome] ?? null;
    return [rule, colour === null ? outcome : { text: outcome, colour }, detail];
  });
  return table([{ title: 'RULE' }, { title: 'SAYS' }, { title: 'BECAUSE', flexible: true }], rows, look);
}

/** Why one instance is kept or stopped, for people. */
export function explainText(view: ExplainView, look: Look): string {
  const { decision, policy } = view;
  const owner = view.owner === null ? 'unknown' : (view.owner.name ?? view.owner.objectId);
  const since = view.startedAt === null ? '' : ` since ${clock(view.startedAt, view.at)}`;
  const head = `${view.compute} in ${view.resourceGroup}/${view.workspace}`;
  const would = decision.would === null ? '' : `, would ${decision.would}`;
  const facts = factsText(
    [
      ['Decision', `${decision.reason}${would}`],
      ['', decision.sentence],
      ['State', `${view.state ?? 'not known'}${since}`],
      ['Size, owner', `${view.vmSize ?? 'unknown'}, ${owner}`],
      ['Policy', `${policy.name}, mode ${policy.mode} here`],
      ...(view.evidence === null ? [] : evidenceFacts(view.evidence, view)),
      ['Next', nextText(view)],
      ['Cost', costText(view)],
    ],
    look,
  );
  const resets = view.resets.map((one) => `  ${one}`).join('\n');
  const missing = view.missing.map(({ action, what }) =>
    action === null ? `Your sign-in may not read ${what}.` : `Your sign-in lacks ${action}.`,
  );
  return [
    `${paint(look, 'bold', head)}\n`,
    facts,
    `\nRules in their order: the first that keeps it wins over what asks for a stop.\n${rulesTable(view, look)}`,
    `\nWhat would keep it, or begin its idle time anew:\n${resets}\n`,
    view.ledger === null
      ? '\nWithout --ledger nothing is known of snoozes, warnings that are out, and session reports.\n'
      : '',
    missing.length === 0 ? '' : `\n${missing.map((line) => paint(look, 'red', line)).join('\n')}\n`,
  ].join('');
}
