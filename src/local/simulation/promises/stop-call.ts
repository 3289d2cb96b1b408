import type { RecordedDecision } from '../../../ledger/decisions.ts';
import type { ComputePolicy, Schedule } from '../../../core/policy/types.ts';
import type { Sight } from './sight.ts';

/** Everything that bears on one call that asks Azure to stop an instance, as it is right before the call. */
export type StopCall = {
  readonly at: number;
  readonly compute: string;
  /** What Azure shows; null: there is no such compute. */
  readonly state: string | null;
  /** In Stopping and will never get out of it by itself. */
  readonly stuck: boolean;
  /** What the ledger says of it. */
  readonly decision: RecordedDecision | null;
  /** What each policy that has a say makes of it; all must agree to a stop. */
  readonly policies: readonly ComputePolicy[];
  /** For a stop by schedule: the one of that name in each of these policies, where there is one. */
  readonly schedules?: readonly (Schedule | null)[];
  readonly halted: boolean;
  readonly snoozedUntil: number | null;
  /** Null where it is not running: then there is nothing to see. */
  readonly sight: Sight | null;
  /** What was read from Azure in the same step before the call. */
  readonly read: { readonly state: boolean; readonly jobs: boolean; readonly metrics: boolean };
  /** The warning that this stop follows; null: none was delivered. */
  readonly warning: {
    readonly deliveredAt: number;
    readonly warnMs: number;
    readonly closed: boolean;
    /** A stop followed it already, and took effect. */
    readonly spent: boolean;
  } | null;
};
