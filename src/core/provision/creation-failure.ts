import type { FailureCode } from '../policy/codes.ts';

export type CreationFailure = { readonly code: FailureCode; readonly message: string };

const capacity =
  /allocation.?failed|overconstrained|zonalallocation|sku.?not.?available|no capacity|not enough capacity|capacity (?:is )?(?:not|un)available|insufficient capacity|out of capacity/i;
const quota =
  /quota|exceed(?:s|ed|ing)? (?:the )?(?:approved |regional )?(?:core|vcpu|limit)|InsufficientVCPU/i;

/** What Azure's code and words about a machine that was not made come to. */
export function failureOf(text: string): CreationFailure {
  if (capacity.test(text)) return { code: 'fail.capacity', message: text };
  if (quota.test(text)) return { code: 'fail.azure-quota', message: text };
  return { code: 'fail.create', message: text };
}

const minuteMs = 60_000;
const triesAtMost = 3;
const withinMs = 60 * minuteMs;
/** After the first and the second try: room may be made by then. */
const waitsMs = [5 * minuteMs, 15 * minuteMs] as const;

/**
 * When to try again what was lost to others: at most three tries within an hour; null: not again. Other failures would
 * only repeat themselves.
 */
export function nextTryAt(
  code: FailureCode,
  tries: { readonly count: number; readonly firstAt: number },
  now: number,
): number | null {
  if (code !== 'fail.capacity' && code !== 'fail.azure-quota') return null;
  const waitMs = waitsMs[tries.count - 1];
  if (waitMs === undefined || tries.count >= triesAtMost) return null;
  return now + waitMs < tries.firstAt + withinMs ? now + waitMs : null;
}
