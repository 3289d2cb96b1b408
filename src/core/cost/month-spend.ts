import { Temporal } from 'temporal-polyfill';
import { hoursWithin, priceOfHours } from './hours.ts';

/**
 * What a machine's running has cost in one month at list prices: the runs that are over in sums, the one that goes on by
 * its beginning, so that nothing needs writing while nothing changes.
 */
export type MonthSpend = {
  /** `2026-03`, UTC. */
  readonly month: string;
  readonly usd: number;
  readonly hours: number;
  /** Of these, hours at a price that is not known. */
  readonly unpricedHours: number;
  readonly running: { readonly sinceAt: number; readonly pricePerHourUsd: number | null } | null;
};

/** What one look sees of the machine. */
export type SeenRunning = {
  readonly now: number;
  readonly isRunning: boolean;
  /** When it came to Running; null: not known. */
  readonly startedAt: number | null;
  /** When its last stop was, as Azure says it; null: not known. */
  readonly stoppedAt: number | null;
  /** The look before this one; null: there was none. */
  readonly lastSeenAt: number | null;
  readonly pricePerHourUsd: number | null;
};

const monthOf = (at: number): { readonly name: string; readonly startAt: number } => {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC');
  const start = day.with({ day: 1 }).startOfDay();
  return { name: start.toPlainDate().toPlainYearMonth().toString(), startAt: start.epochMilliseconds };
};

type Totals = Pick<MonthSpend, 'usd' | 'hours' | 'unpricedHours'>;
const nothing: Totals = { usd: 0, hours: 0, unpricedHours: 0 };

function withRun(totals: Totals, run: MonthSpend['running'], untilAt: number, startAt: number): Totals {
  if (run === null) return totals;
  const hours = hoursWithin({ fromAt: run.sinceAt, untilAt }, { fromAt: startAt, toAt: untilAt });
  const usd = priceOfHours(hours, run.pricePerHourUsd);
  return {
    usd: totals.usd + (usd ?? 0),
    hours: totals.hours + hours,
    unpricedHours: totals.unpricedHours + (usd === null ? hours : 0),
  };
}

const totalsIn = (spend: MonthSpend | null, month: string): Totals =>
  spend !== null && spend.month === month ? spend : nothing;

/** Clocks and operation times differ by moments. */
const slackMs = 60_000;

/** When the run that was known has ended; null: it goes on. */
function endOf(run: NonNullable<MonthSpend['running']>, seen: SeenRunning): number | null {
  const lastSeenAt = Math.max(run.sinceAt, seen.lastSeenAt ?? run.sinceAt);
  if (!seen.isRunning) {
    const { stoppedAt } = seen;
    return stoppedAt !== null && stoppedAt >= run.sinceAt && stoppedAt <= seen.now ? stoppedAt : lastSeenAt;
  }
  const restarted = seen.startedAt !== null && seen.startedAt > lastSeenAt + slackMs;
  return restarted ? lastSeenAt : null;
}

/** The month's spending after one more look. Hours that nobody saw count from the machine's last operation. */
export function nextSpend(before: MonthSpend | null, seen: SeenRunning): MonthSpend {
  const { name: month, startAt } = monthOf(seen.now);
  const totals = totalsIn(before, month);
  const run = before?.running ?? null;
  const endedAt = run === null ? null : endOf(run, seen);
  if (run !== null && endedAt === null) {
    if (run.pricePerHourUsd === seen.pricePerHourUsd || seen.pricePerHourUsd === null) {
      const sinceAt = Math.max(run.sinceAt, startAt);
      return { ...totals, month, running: { ...run, sinceAt } };
    }
    // A price that was not known, or another one: from now on.
    const closed = withRun(totals, run, seen.now, startAt);
    return { ...closed, month, running: { sinceAt: seen.now, pricePerHourUsd: seen.pricePerHourUsd } };
  }
  const closed = withRun(totals, run, endedAt ?? seen.now, startAt);
  if (!seen.isRunning) return { ...closed, month, running: null };
  const sinceAt = Math.max(Math.min(seen.startedAt ?? seen.now, seen.now), endedAt ?? startAt, startAt);
  return { ...closed, month, running: { sinceAt, pricePerHourUsd: seen.pricePerHourUsd } };
}

/**
 * What was spent in the month of `now`, up to `now`. Of a machine that was seen running last at `seenAt`, and may have been
 * stopped since, no more is certain than what it had cost by then.
 */
export function spentUntil(spend: MonthSpend, now: number, seenAt: number = now): Totals {
  const { name, startAt } = monthOf(now);
  const { usd, hours, unpricedHours } = withRun(
    totalsIn(spend, name),
    spend.running,
    Math.min(now, seenAt),
    startAt,
  );
  return { usd, hours, unpricedHours };
}
