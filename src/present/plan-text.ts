import { usdText } from '../core/cost/money.ts';
import type { PlanView, PlannedCompute, PlannedStep } from './json/plan-view.ts';
import { oneLine } from './display-width.ts';
import { type Cell, type Colour, type Column, type Look, paint, table } from './table.ts';

export type PlanTextOptions = {
  /** The sentence of each decision beside it. */
  readonly explain: boolean;
  /** Only what would be done or is held back. */
  readonly changesOnly: boolean;
};

const symbols: Readonly<Record<PlannedStep, readonly [string, Colour | null]>> = {
  stop: ['-', 'red'],
  warn: ['~', 'yellow'],
  start: ['+', 'cyan'],
  hold: ['=', 'grey'],
  keep: ['', null],
};

const number = new Intl.NumberFormat('en-US');
const count = (value: number): string => number.format(value);
const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
const clockTime = (instant: string): string => `${instant.slice(11, 16)} UTC`;

/** How much of the fleet can be judged at all: without it every other number misleads. */
export function blindShare({ asked, decidable, by }: PlanView['decidable']): string {
  if (asked === 0) return 'No running instance is judged by its use.';
  const blind =
    by.neither === 0 ? '' : ` What is decided by neither is unknown, and is never stopped for being idle.`;
  return (
    `${count(decidable)} of ${count(asked)} running instances decidable: ${count(by.metrics)} by metrics, ` +
    `${count(by.session)} by session reports, ${count(by.both)} by both, ${count(by.neither)} by neither.${blind}`
  );
}

function colourOf({ step, decision }: PlannedCompute): Colour | null {
  return decision.reason.startsWith('keep.unknown') ? 'yellow' : symbols[step][1];
}

function decisionText({ step, decision }: PlannedCompute, at: string): string {
  const { reason, would, stopDueAt } = decision;
  if (would !== null) return `${reason}, would ${would}`;
  if (stopDueAt === null || step === 'keep') return reason;
  const day = stopDueAt.slice(0, 10) === at.slice(0, 10) ? '' : `${stopDueAt.slice(0, 10)} `;
  return `${reason}, stop at ${day}${clockTime(stopDueAt)}`;
}

const priceText = (usd: number | null): string => (usd === null ? '' : usd.toFixed(2));

function computeTable(view: PlanView, options: PlanTextOptions, look: Look): string {
  const shown = options.changesOnly ? view.computes.filter(({ step }) => step !== 'keep') : view.computes;
  const manyWorkspaces = new Set(
    view.computes.map(({ subscription, workspace }) => `${subscription}/${workspace}`),
  );
  // On a terminal the sentences need the room.
  const narrow = options.explain && look.columns !== null;
  const columns: Column[] = [
    { title: '' },
    { title: 'COMPUTE' },
    ...(manyWorkspaces.size > 1 ? [{ title: 'WORKSPACE' }] : []),
    { title: 'OWNER' },
    ...(narrow ? [] : [{ title: 'SIZE' }, { title: 'STATE' }]),
    { title: 'USD/HOUR', align: 'right' },
    { title: 'USD/MONTH', align: 'right' },
    { title: 'DECISION' },
    ...(options.explain ? [{ title: 'WHY', flexible: true as const }] : []),
  ];
  const rows = shown.map((one): readonly Cell[] => {
    const colour = colourOf(one);
    const painted = (text: string): Cell => (colour === null ? text : { text, colour });
    return [
      painted(symbols[one.step][0]),
      one.compute,
      ...(manyWorkspaces.size > 1 ? [one.workspace] : []),
      one.owner === null ? 'unknown' : (one.owner.name ?? one.owner.objectId),
      ...(narrow ? [] : [(one.vmSize ?? 'unknown').replace(/^standard_/i, ''), one.state ?? 'unknown']),
      priceText(one.pricePerHourUsd),
      priceText(one.usdPerMonth),
      painted(decisionText(one, view.at)),
      ...(options.explain ? [one.decision.sentence] : []),
    ];
  });
  const left = view.computes.length - shown.length;
  const rest = left === 0 ? '' : `${counted(left, 'other is', 'others are')} kept.\n`;
  return `${table(columns, rows, look)}${rest}`;
}

type FindingRow = {
  readonly code: string;
  readonly text: string;
  readonly accepted: boolean;
  readonly about: string[];
  usd: number | null;
};

/** Many computes that break one rule in the same words are one row. */
function findingRows({ findings }: PlanView): readonly FindingRow[] {
  const rows = new Map<string, FindingRow>();
  for (const { code, compute, group, sentence, fix, usdPerMonth, status } of findings) {
    const text = `${sentence} ${fix}`;
    const accepted = status === 'accepted';
    const key = `${code}|${text}|${accepted}`;
    const row = rows.get(key) ?? { code, text, accepted, about: [], usd: null };
    row.about.push(compute === null ? (group?.name ?? '') : compute.compute);
    if (usdPerMonth !== null) row.usd = (row.usd ?? 0) + usdPerMonth;
    rows.set(key, row);
  }
  return [...rows.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

function findingLines(view: PlanView, look: Look): string {
  if (view.findings.length === 0) return '';
  const rows = findingRows(view).map(({ code, text, accepted, about, usd }): readonly Cell[] => [
    { text: code, colour: accepted ? 'grey' : 'yellow' },
    priceText(usd),
    `${about.toSorted().join(', ')}: ${text}${accepted ? ' (accepted)' : ''}`,
  ]);
  const columns: Column[] = [
    { title: 'FINDING' },
    { title: 'USD/MONTH', align: 'right' },
    { title: 'ABOUT WHAT, AND WHAT TO DO', flexible: true },
  ];
  return `\n${table(columns, rows, look)}`;
}

function unreadLines({ faults, missing }: PlanView): readonly string[] {
  return [
    ...faults.map(({ workspace, subscription, code, message }) => {
      if (code === 'cli.no-workspace') return oneLine(message);
      const where =
        workspace === null ? `Subscription ${subscription}` : `Workspace ${workspace} (${subscription})`;
      return `${where} could not be read: ${oneLine(message)}`;
    }),
    ...missing.map(({ action, what }) => {
      if (action === null) return `Your sign-in may not read ${what}.`;
      const without = action.startsWith('Graph ')
        ? ' Names, teams and accounts of owners are incomplete.'
        : '';
      return `Your sign-in lacks ${action}.${without}`;
    }),
  ];
}

/** As terraform's: what there is to do, in one line. */
export function countsLine({ counts, policy, halt }: PlanView): string {
  const { stop, warn, start, hold, keep } = counts;
  const settings = counts.settings === 0 ? '' : `, ${counted(counts.settings, 'setting')} to change`;
  const deletions = counts.deletions === 0 ? '' : `, ${count(counts.deletions)} to delete`;
  const held =
    hold === 0 ? '' : `, ${count(hold)} held back${policy.mode === 'observe' ? ' by mode observe' : ''}`;
  const findings = counts.findings === 0 ? '' : ` ${counted(counts.findings, 'finding')}.`;
  const halted =
    halt === null ? '' : ` Halted by ${oneLine(halt.by)}: nothing is done until somebody resumes.`;
  return `Plan: ${count(warn)} to warn, ${count(stop)} to stop, ${count(start)} to start${deletions}${settings}${held}, ${count(keep)} kept.${findings}${halted}`;
}

function moneyLine({ computes }: PlanView): string {
  const sum = (steps: readonly PlannedStep[]): number =>
    computes.reduce(
      (total, { step, usdPerMonth, pricePerHourUsd }) =>
        steps.includes(step) && usdPerMonth !== null ? total + (pricePerHourUsd ?? 0) : total,
      0,
    );
  const idle = sum(['stop', 'warn', 'hold']);
  const all = sum(['stop', 'warn', 'start', 'hold', 'keep']);
  const unpriced = computes.filter(
    ({ state, pricePerHourUsd }) => /running/i.test(state ?? '') && pricePerHourUsd === null,
  ).length;
  const left = unpriced === 0 ? '' : ` ${counted(unpriced, 'more has', 'more have')} no known price.`;
  return (
    `What runs costs ${usdText(all)} an hour, of which ${usdText(idle)} by what it would stop, if nothing changes (list prices; a month has 730 hours).${left} ` +
    'A stopped instance keeps its quota and goes on costing its disk, load balancer and public IP address.'
  );
}

function preamble(view: PlanView): readonly string[] {
  const { policy, ledger, workspaces, subscriptions, counts } = view;
  const approval = policy.needsApproval;
  return [
    blindShare(view.decidable),
    `${counted(counts.instances, 'instance')} in ${counted(workspaces, 'workspace')} of ${counted(subscriptions.length, 'subscription')}, ${count(counts.running)} running; policy: ${oneLine(policy.name)} (mode ${policy.mode}).`,
    ...(ledger === null
      ? [
          'Without --ledger nothing is known of snoozes, warnings that are out, and session reports: they are not counted.',
        ]
      : []),
    ...(approval === null
      ? []
      : [
          `This policy would newly warn or stop ${count(approval.count)}, more than the limit of ${count(approval.limit)} of the one in force: an admin has to approve it first.`,
        ]),
  ];
}

/** A plan for people: the blind share first, then what would be done, and what is wrong. */
export function planText(view: PlanView, options: PlanTextOptions, look: Look): string {
  const unread = unreadLines(view);
  const settings = view.settings.map(({ compute, sentence }) => `~ ${compute.compute}: ${oneLine(sentence)}`);
  const deletions = view.deletions.map(
    ({ compute }) => `- ${compute.compute}: would delete it for good, as was consented.`,
  );
  const parts = [
    `${preamble(view).join('\n')}\n`,
    view.computes.length === 0 ? '' : `\n${computeTable(view, options, look)}`,
    deletions.length === 0 ? '' : `\n${paint(look, 'red', deletions.join('\n'))}\n`,
    settings.length === 0 ? '' : `\n${settings.join('\n')}\n`,
    findingLines(view, look),
    unread.length === 0 ? '' : `\n${unread.map((line) => paint(look, 'red', line)).join('\n')}\n`,
    `\n${paint(look, 'bold', countsLine(view))}\n`,
    view.counts.running === 0 ? '' : `${moneyLine(view)}\n`,
  ];
  return parts.join('');
}
