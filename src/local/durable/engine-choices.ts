import type { ActivityTask } from './hub-rows.ts';

/**
 * What Azure leaves open and a simulation wants to choose. Absent members mean: as recorded, with nothing odd.
 * All times in ms.
 */
export type EngineChoices = {
  /** When a timer's message becomes visible; never later than `fireAt`, up to a second before. Default: whole seconds, rounded down. */
  timerVisibleAt?(timer: {
    readonly instanceId: string;
    readonly fireAt: number;
    readonly now: number;
  }): number;
  /** True lets an activity run a second time after its first end, as a lost acknowledgement would. Asked once for each. */
  deliverTwice?(activity: ActivityTask): boolean;
  /** By how much an activity's completion comes late. */
  completionDelayMs?(activity: ActivityTask): number;
  /** True answers a start that took effect with 409, as a client sees that repeats a call whose answer was lost. */
  answerConflict?(start: { readonly instanceId: string; readonly name: string }): boolean;
  /**
   * Leaves only the id in `context.triggerMetadata`. The rest repeats the trigger, history included, and the programming model
   * takes it apart once more in each episode; the library reads none of it.
   */
  readonly briefMetadata?: true;
};

/**
 * A queue delay in whole seconds, rounded down: a timer of up to a second fires at once. The real queue is told the delay a moment after
 * the timer was asked for, so that a delay of exactly three seconds becomes two.
 */
export function roundedDown(fireAt: number, now: number): number {
  return now + Math.max(0, Math.floor((fireAt - now - 1) / 1000)) * 1000;
}
