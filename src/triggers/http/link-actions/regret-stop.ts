import { nameOf } from '../../../auth/caller.ts';
import { timeText } from '../../../core/explain/time-text.ts';
import { sayRegret } from '../../../fleet/say-regret.ts';
import type { AppDoors } from '../app-doors.ts';
import { visibleCompute } from '../visible-compute.ts';
import { computeOf, type LinkAction } from './link-action.ts';

/** "I was using it": about the stop that the message told of, and no later one. */
export function regretStop({ ports, settings }: AppDoors): LinkAction {
  const flow = { ports, scope: settings.scope };
  return {
    async show({ caller, link }) {
      const { ref } = computeOf(link);
      await visibleCompute(ports.ledger, settings.scope, caller, ref);
      return {
        title: `Were you using ${ref.compute}?`,
        sentence:
          'Saying so counts that stop as a wrong one, in figures that everybody sees; where there are too many, Lamplighter stops nothing by itself for a while.',
        confirm: 'I was using it',
        danger: false,
        asks: null,
      };
    },
    async act({ caller, link, at }) {
      const { ref, of } = computeOf(link);
      await visibleCompute(ports.ledger, settings.scope, caller, ref);
      const { stoppedAt } = await sayRegret(flow, ref, nameOf(caller), of);
      return `Noted: the stop of ${ref.compute} at ${timeText(stoppedAt, at)} counts as a wrong one.`;
    },
  };
}
