import type { Compute } from '../computes.ts';
import type { Mode } from '../idle/types.ts';
import { idleShutdownOf } from './platform-finding.ts';

/**
 * The platform's idle shutdown as Lamplighter wrote it; null: it never did. `minutes` are several while it is not known
 * which of two writes Azure has taken; `setAt`: its clock started no earlier.
 */
export type OwnBackstop = { readonly minutes: readonly number[]; readonly setAt: number } | null;

export type BackstopInput = {
  readonly now: number;
  readonly mode: Mode;
  /** `platform.idleShutdown.backstopAfter`; null: audited only. */
  readonly backstopAfterMs: number | null;
  readonly sweepEveryMs: number;
  /** `idle.warn`: so long after a snooze another one may come. */
  readonly warnMs: number;
  /** Neither protected nor exempt. */
  readonly isFree: boolean;
  readonly snoozedUntil: number | null;
  readonly compute: Pick<Compute, 'state' | 'idleShutdownMinutes' | 'sshEnabled' | 'raw'>;
  readonly own: OwnBackstop;
};

/** Null minutes: take it off. */
export type BackstopStep = {
  readonly minutes: number | null;
  readonly why: 'set' | 'changed' | 'snoozed' | 'lifted';
};

const minuteMs = 60_000;

/** When the platform may stop it at the earliest. */
export const earliestPlatformStop = ({ minutes, setAt }: NonNullable<OwnBackstop>): number =>
  setAt + Math.min(...minutes) * minuteMs;

/** A sweep may be late, and another one be lost. */
const sweepsAhead = 4;
const slackMs = 15 * minuteMs;

/**
 * Whether the platform's idle shutdown is to be written on an instance. It gives no warning and knows no snooze, so it is
 * written only where nobody else has a say in it, and while a snooze holds it is written again before its time could
 * come: that starts its clock anew, and the platform stops nothing inside a snooze of ours. A value that the user set
 * is never touched.
 */
export function backstopStep(input: BackstopInput): BackstopStep | null {
  const { now, own, compute, backstopAfterMs } = input;
  if (input.mode !== 'enforce' || !/^(running|jobrunning|stopped)$/i.test(compute.state ?? '')) return null;
  const there = idleShutdownOf(compute);
  if (there === undefined) return null;
  const isOurs = own !== null && typeof there === 'number' && own.minutes.includes(there);
  if (there !== null && !isOurs) return null;
  const wanted = backstopAfterMs === null ? null : Math.round(backstopAfterMs / minuteMs);
  // It does not see an editor over SSH, and where SSH may be on, somebody may be working unseen.
  if (wanted === null || !input.isFree || compute.sshEnabled !== false) {
    return isOurs ? { minutes: null, why: 'lifted' } : null;
  }
  if (there === null) return { minutes: wanted, why: 'set' };
  if (there !== wanted) return { minutes: wanted, why: 'changed' };
  const { snoozedUntil } = input;
  if (snoozedUntil === null || now >= snoozedUntil) return null;
  const earliestStopAt = own === null ? now : earliestPlatformStop(own);
  // The next snooze comes before the warning after this one is over, and is seen by a sweep a little later.
  const coveredUntil = snoozedUntil + input.warnMs + sweepsAhead * input.sweepEveryMs + slackMs;
  return earliestStopAt <= coveredUntil ? { minutes: wanted, why: 'snoozed' } : null;
}
