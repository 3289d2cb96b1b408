import type { ComputeView } from '../../present/json/compute-view.ts';
import type { SummaryView } from '../../present/json/summary-view.ts';
import type { SweepView } from '../../present/json/sweep-view.ts';
import { paragraph } from './paragraph.ts';

/** Says on a terminal what happens, in plain text; colours only where the reader can see them. */
export type Narrator = {
  line(text?: string): void;
  sweep(sweep: SweepView): void;
  fleet(computes: readonly ComputeView[]): void;
  change(compute: ComputeView): void;
  savings(summary: SummaryView): void;
};

const order = { stop: 0, warn: 1, start: 2, keep: 3 } as const;
const colours = { stop: 31, warn: 33, start: 36, keep: 32 } as const;
const narrow = 72;

const clockTime = (iso: string): string => iso.slice(11, 16);

const label = (compute: ComputeView): string => {
  const owner = compute.owner?.name ?? 'owner unknown';
  return `${compute.compute} (${owner}, ${(compute.vmSize ?? 'size unknown').replace(/^standard_/i, '')})`;
};

export function narrator(
  write: (text: string) => void,
  columns: number | undefined,
  coloured: boolean,
): Narrator {
  const width = Math.max(narrow, Math.min(columns ?? 110, 130));
  const paint = (action: keyof typeof colours, text: string): string =>
    coloured ? `\u001b[${colours[action]}m${text}\u001b[0m` : text;
  const line = (text = ''): void => write(`${text}\n`);
  const sentence = (text: string): string => paragraph(text, width - 6, 6);

  return {
    line,
    sweep(sweep) {
      line(
        `Looked at ${sweep.instances} instances in ${sweep.workspaces} workspaces: ${sweep.running} run, and for ` +
          `${sweep.decidable} of the ${sweep.asked} judged by their use there is enough evidence to tell.`,
      );
      const { metrics, session, both, neither } = sweep.decidableBy;
      line(
        `  by metrics ${metrics}, by session reports ${session}, by both ${both}, by neither ${neither} (those are never stopped for being idle).`,
      );
      for (const fault of sweep.faults)
        line(`  could not read ${fault.workspace ?? 'a subscription'}: ${fault.message}`);
    },
    fleet(computes) {
      const sorted = [...computes].sort(
        (one, other) =>
          order[one.decision.action] - order[other.decision.action] ||
          one.compute.localeCompare(other.compute),
      );
      for (const compute of sorted) {
        const { action } = compute.decision;
        line(
          `${paint(action, action.toUpperCase().padEnd(5))} ${label(compute)}  ${compute.decision.reason}`,
        );
        line(`      ${sentence(compute.decision.brief)}`);
      }
    },
    change(compute) {
      const { action, at } = compute.decision;
      line(
        `${clockTime(at)} ${paint(action, action.toUpperCase().padEnd(5))} ${label(compute)}  ${compute.decision.reason}`,
      );
      line(`      ${sentence(compute.decision.sentence)}`);
    },
    savings(summary) {
      const { stops, usd, hoursOff, stopsWithoutPrice } = summary.savings;
      line(
        `Stopped ${stops} instance${stops === 1 ? '' : 's'}: ${hoursOff.toFixed(1)} hours off so far, ` +
          `about $${usd.toFixed(2)} at list price${stopsWithoutPrice > 0 ? ` (${stopsWithoutPrice} without a known price)` : ''}.`,
      );
    },
  };
}
