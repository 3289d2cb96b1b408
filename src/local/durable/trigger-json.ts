/** One stored history entry: the event and its JSON, written once. */
export type HistoryEntry<E> = { readonly json: string; readonly event: E };

export type TriggerFacts = {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly sourceInstanceId: string | null;
  /** JSON text, or null for no input. */
  readonly input: string | null;
  readonly isReplaying: boolean;
};

const CONSTANT_TAIL =
  '"upperSchemaVersion":1,"upperSchemaVersionNew":3,"longRunningTimerIntervalDuration":"3.00:00:00",' +
  '"maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000}';

/** The text an orchestration trigger receives, members in the recorded order (one of them misspelt on Azure too). */
export function triggerJson(facts: TriggerFacts, historyJson: readonly string[]): string {
  return (
    `{"history":[${historyJson.join(',')}],"input":${facts.input ?? 'null'},` +
    `"instanceId":${JSON.stringify(facts.instanceId)},"isReplaying":${facts.isReplaying},` +
    `"parentInstanceId":${JSON.stringify(facts.parentInstanceId)},` +
    `"sourceInstanceId":${JSON.stringify(facts.sourceInstanceId)},${CONSTANT_TAIL}`
  );
}
