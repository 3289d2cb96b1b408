/** One line of what happened. `action` is keep, warn or stop for a decision; `azure.…`, `person.…`, `fate.…` for all else. */
export type TimelineEntry = {
  /** Since the start, as in scenario files: `2h55m`. */
  readonly at: string;
  readonly compute?: string;
  /** As the file calls it. */
  readonly request?: string;
  readonly action: string;
  readonly reason: string;
  readonly sentence: string;
};

export type MetExpectation = {
  /** The entry as written in the file. */
  readonly expect: unknown;
  readonly met: boolean;
  readonly saw: string;
};

export type Violation = { readonly promise: PromiseName; readonly at: string; readonly detail: string };

/** What Lamplighter promises whatever happens; checked after every step. */
export const promiseNames = [
  /** Never stopped with a job, or with activity inside the window of the rule that stops. */
  'never-while-active',
  /** Not knowing never stops by idleness, nor does idleness shorter than the rule's. */
  'unknown-never-stops',
  /** A warning that was delivered and has run its time, and everything read again right before the call. */
  'look-twice',
  /** The platform's own idle shutdown, where Lamplighter set it, stops nothing inside a snooze. */
  'no-platform-stop-in-a-snooze',
  /** One warning is one stop; what is Stopping or Stopped is not asked again. */
  'stops-once',
  /** Protected, exempt and snoozed ones are left alone. */
  'protected-exempt-snoozed',
  /** Nothing is written to Azure where the mode is not `enforce`. */
  'writes-only-in-enforce',
  /** Nothing is written to Azure while halted. */
  'halt-holds',
  /** The ledger holds the decision and its reason before the act. */
  'recorded-before-acting',
  /** No sweep warns, and no moment stops, more than the blast limit. */
  'blast-limit',
  /** Every request to Azure is one that Azure knows. */
  'known-requests',
  /** Nothing is thrown that nobody catches. */
  'no-unhandled-rejection',
  /** No workflow is left waiting for nothing. */
  'workflows-end',
] as const;
export type PromiseName = (typeof promiseNames)[number];

export type ScenarioResult = {
  readonly name: string;
  readonly seed: number;
  readonly passed: boolean;
  readonly timeline: readonly TimelineEntry[];
  readonly expectations: readonly MetExpectation[];
  readonly violations: readonly Violation[];
  /** Calls to Azure by operation, in alphabetical order. */
  readonly calls: Readonly<Record<string, number>>;
};
