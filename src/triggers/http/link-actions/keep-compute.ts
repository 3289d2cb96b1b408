import { nameOf } from '../../../auth/caller.ts';
import { timeText } from '../../../core/explain/time-text.ts';
import { formatDuration } from '../../../core/policy/duration.ts';
import { throughTheNight } from '../../../fleet/schedule/through-the-night.ts';
import { snooze } from '../../../fleet/snooze.ts';
import type { AppDoors } from '../app-doors.ts';
import { InvalidInput } from '../invalid-input.ts';
import { admitToCompute } from '../own-compute.ts';
import { computeOf, type LinkAction } from './link-action.ts';

/** "Not now": the compute is left running for as long as its owner says. */
export function keepCompute(doors: AppDoors): LinkAction {
  const flow = { ports: doors.ports, scope: doors.settings.scope };
  return {
    async show({ caller, link }) {
      const { ref } = computeOf(link);
      await admitToCompute(doors, caller, ref);
      return {
        title: `Keep ${ref.compute} running?`,
        sentence: 'It is not stopped by Lamplighter in that time, whatever it does, and goes on costing.',
        confirm: 'Keep it',
        danger: false,
        asks: 'duration',
      };
    },
    async act({ caller, link, at, durable }, answers) {
      const { ref } = computeOf(link);
      await admitToCompute(doors, caller, ref);
      const forMs = answers.throughTheNight ? await throughTheNight(flow, ref) : answers.forMs;
      if (forMs === null) {
        throw new InvalidInput('body', [{ field: 'for', detail: 'expected for how long, such as 2h' }]);
      }
      const { until, tooLate } = await snooze(flow, durable(), { ref, forMs, by: nameOf(caller) });
      const late = tooLate ? ' A stop had been asked for before; it may be started again.' : '';
      return `${ref.compute} is left running for ${formatDuration(forMs)}, until ${timeText(until, at)}.${late}`;
    },
  };
}
