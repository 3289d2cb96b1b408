/** Deliberate errors, for the test that shows that the conformance suite would notice them. Nothing else sets any. */
export type Quirks = {
  readonly cancelledTimerVanishes?: boolean;
  readonly completionDoesNotWait?: boolean;
  readonly booleansStayBooleans?: boolean;
  readonly eventWaitsAreAQueue?: boolean;
  readonly unknownActivityFails?: boolean;
};
