import type { EngineChoices } from '../durable/engine-choices.ts';
import { activities } from '../../workflows/names.ts';
import { chanceOf } from './chance.ts';

const secondMs = 1000;
const shortWaitMs = 10 * secondMs;
const longWaitMs = 60 * secondMs;
const doubledShare = 1 / 8;
const conflictShare = 1 / 6;

/** Steps that only read. Doubling them changes no outcome, but the number of calls to Azure, which a scenario may count. */
const readingSteps: ReadonlySet<string> = new Set([
  activities.planSweep,
  activities.comparePolicies,
  activities.evaluateGroup,
]);

/**
 * What the seed chooses of all that Azure leaves open. Each choice depends on the seed and on what is chosen alone.
 *
 * - A timer of a minute and more fires on time or a whole second early; a shorter one at any moment of its last second. Whoever
 *   looks at the clock waits on and is then on time to the second, so that times in scenarios can be exact.
 * - One step in eight is delivered twice; with an odd seed (the default is 1) only steps that act.
 * - One start of a workflow in six takes effect and answers 409 all the same.
 *
 * In which order what is ready runs, and with it the order of completions, is drawn where it is run.
 */
export function seededChoices(seed: number): EngineChoices {
  const chance = chanceOf(seed);
  return {
    timerVisibleAt({ instanceId, fireAt, now }) {
      const delayMs = fireAt - now;
      if (delayMs < shortWaitMs) return Math.max(now, fireAt - secondMs);
      const lot = chance('timer', instanceId, fireAt, now);
      if (delayMs < longWaitMs) return fireAt - Math.floor(lot * secondMs);
      return lot < 0.5 ? fireAt : fireAt - secondMs;
    },
    deliverTwice: ({ instanceId, taskId, name }) =>
      !(seed % 2 === 1 && readingSteps.has(name)) && chance('twice', instanceId, taskId) < doubledShare,
    briefMetadata: true,
    answerConflict: ({ instanceId, name }) => chance('conflict', instanceId, name) < conflictShare,
  };
}
