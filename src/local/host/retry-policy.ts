export type RetryPolicy = {
  /** -1: without end. */
  readonly maxRetryCount: number;
  /** Wait before retry number `retryCount` (1 is the first). */
  delayMs(retryCount: number): number;
};

/** Reads the retry option of a function. Durations arrive in whole seconds: the programming model has rounded them. */
export function retryPolicyOf(options: Readonly<Record<string, unknown>> | null): RetryPolicy | null {
  if (options === null) return null;
  const maxRetryCount = Number(options['maxRetryCount'] ?? 0);
  const seconds = (name: string): number =>
    Number((options[name] as { seconds?: unknown } | null | undefined)?.seconds ?? 0);
  if (options['retryStrategy'] === 'fixedDelay') {
    const delayMs = seconds('delayInterval') * 1000;
    return { maxRetryCount, delayMs: () => delayMs };
  }
  const [min, max] = [seconds('minimumInterval') * 1000, seconds('maximumInterval') * 1000];
  return { maxRetryCount, delayMs: (retryCount) => Math.min(max, min * 2 ** (retryCount - 1)) };
}
