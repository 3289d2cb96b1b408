const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Event Grid gives up a delivery after so long, or so many attempts. */
export const timeToLiveMs = 24 * hourMs;
export const attemptsAtMost = 30;
const retryAfterMs = [
  10 * secondMs,
  30 * secondMs,
  minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
];

export const isDelivered = (status: number): boolean => status >= 200 && status <= 204;

/** When to try again after so many attempts; null: never, the events go to the dead letters. */
export function retryDelayMs(status: number, attempts: number): number | null {
  if (status === 400 || status === 413 || attempts >= attemptsAtMost) return null;
  const usual = retryAfterMs[attempts - 1] ?? hourMs;
  switch (status) {
    case 401:
    case 403:
    case 404:
      return Math.max(usual, 5 * minuteMs);
    case 408:
      return Math.max(usual, 2 * minuteMs);
    case 503:
      return Math.max(usual, 30 * secondMs);
    default:
      return usual;
  }
}
