import type { Decision } from '../idle/types.ts';
import { timeText } from './time-text.ts';
import type { ExplainOptions } from './explain.ts';

/** The headline of a card or a message: `ci-ada stops at 18:42 UTC`. */
export function titleOf(decision: Decision, options: ExplainOptions = {}): string {
  const name = decision.ref.compute;
  switch (decision.action) {
    case 'warn': {
      const at = decision.stopDueAt;
      return `${name} stops ${at === undefined ? 'soon' : `at ${timeText(at, decision.at, options.zone)}`}`;
    }
    case 'stop':
      return `${name} is being stopped`;
    case 'start':
      return `${name} is being started`;
    case 'keep':
      return `${name} is kept`;
  }
}
