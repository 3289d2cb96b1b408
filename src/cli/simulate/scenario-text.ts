import { formatDuration } from '../../core/policy/duration.ts';
import type { ScenarioResult, TimelineEntry } from '../../local/simulation/result.ts';
import type { Scenario } from '../../local/simulation/scenario/types.ts';
import { paragraph } from '../../local/run/paragraph.ts';

type Terminal = { readonly isTTY?: boolean; readonly columns?: number };

const colours = { red: 31, green: 32, yellow: 33, grey: 90, bold: 1 } as const;
type Colour = keyof typeof colours;

const colourOf = ({ action }: TimelineEntry): Colour => {
  if (action === 'stop' || action.startsWith('azure.')) return 'red';
  if (action === 'warn') return 'yellow';
  return action === 'keep' ? 'green' : 'grey';
};

/** Decisions go by their reason, all else by what was done. */
const label = ({ action, reason }: TimelineEntry): string => {
  if (action === 'keep' || action === 'warn' || action === 'stop') return reason;
  return reason === 'refused' ? `${action} refused` : action;
};

/** What happened in one scenario, and what came of its expectations, for people. */
export function scenarioText(scenario: Scenario, result: ScenarioResult, terminal: Terminal): string {
  const coloured = terminal.isTTY === true && process.env['NO_COLOR'] === undefined;
  const paint = (colour: Colour, text: string): string =>
    coloured ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  const column = (of: (entry: TimelineEntry) => string): number =>
    Math.max(0, ...result.timeline.map((entry) => of(entry).length));
  const atWidth = column(({ at }) => at);
  const nameWidth = column(({ compute }) => compute ?? '');
  const labelWidth = column(label);
  const indent = atWidth + nameWidth + labelWidth + 8;
  const width = terminal.isTTY === true ? Math.max(40, (terminal.columns ?? 100) - indent) : Infinity;

  const start = new Date(scenario.startAt).toISOString().slice(0, 16).replace('T', ' ');
  const lines = [
    paint('bold', result.name),
    paint(
      'grey',
      `  from ${start} UTC, for ${formatDuration(scenario.endAt - scenario.startAt)}, seed ${result.seed}`,
    ),
    ...result.timeline.map((entry) => {
      const name = (entry.compute ?? '').padEnd(nameWidth);
      const what = paint(colourOf(entry), label(entry).padEnd(labelWidth));
      return `  ${entry.at.padStart(atWidth)}  ${name}  ${what}  ${paragraph(entry.sentence, width, indent)}`;
    }),
    ...result.expectations.map(({ expect, met, saw }) => {
      const mark = met ? paint('green', 'met    ') : paint('red', 'NOT MET');
      return `  ${mark}  ${JSON.stringify(expect)}: ${saw}`;
    }),
    ...result.violations.map(
      ({ promise, at, detail }) => `  ${paint('red', 'BROKEN ')}  ${promise} at ${at}: ${detail}`,
    ),
    result.passed ? paint('green', '  passed') : paint('red', '  FAILED'),
  ];
  return `${lines.join('\n')}\n\n`;
}
