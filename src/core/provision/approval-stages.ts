/** Who is told that a request waits: whoever may approve, the same again, and then the admins with a word to whoever asked. */
export const approvalStages = ['ask', 'reminder', 'escalation'] as const;
export type ApprovalStage = (typeof approvalStages)[number];

export type ApprovalTimes = {
  readonly remindAt: number;
  /** Null in rows of before there was an escalation. */
  readonly escalateAt: number | null;
  readonly expiresAt: number;
};

/** Halfway between the reminder and the end: early enough for somebody to act. */
export const escalateAtOf = ({ remindAt, escalateAt, expiresAt }: ApprovalTimes): number =>
  escalateAt ?? remindAt + Math.floor((expiresAt - remindAt) / 2);

const orderOf = (stage: ApprovalStage | null): number =>
  stage === null ? -1 : approvalStages.indexOf(stage);

/**
 * What has to be told at this moment, and when it is time for the next. A stage that was missed, because the app was away, is
 * passed over for the one after it.
 */
export function approvalDue(
  times: ApprovalTimes,
  told: ApprovalStage | null,
  now: number,
): { readonly due: ApprovalStage | null; readonly nextAt: number } {
  const escalateAt = escalateAtOf(times);
  const stage = now >= escalateAt ? 'escalation' : now >= times.remindAt ? 'reminder' : 'ask';
  const nextAt = { ask: times.remindAt, reminder: escalateAt, escalation: times.expiresAt }[stage];
  return { due: orderOf(stage) > orderOf(told) ? stage : null, nextAt };
}
