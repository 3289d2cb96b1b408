import type { Schedule, Weekday } from '../policy/types.ts';
import { instantOfLocal, type LocalDay, localDayAt, localDayOf, minutesOf, weekdayOf } from './local-day.ts';

/** A start or stop that takes place. `order` sorts by the zone's own clock: two times in one gap share an instant. */
export type Occurrence = { readonly at: number; readonly day: LocalDay; readonly order: number };

/** One schedule's days, looked up quickly. */
export type Calendar = {
  readonly dayAt: (at: number) => LocalDay;
  readonly startOn: (day: LocalDay) => Occurrence | null;
  readonly stopOn: (day: LocalDay) => Occurrence | null;
  /** The first instant of a day. */
  readonly midnightOf: (day: LocalDay) => number;
  /** Whether `keepOn` holds at that instant, on that day. */
  readonly isKept: (day: LocalDay, at: number) => boolean;
};

const rememberedAnswers = 2_000;

/** A zone's rules are slow to ask, and a sweep asks the same for every instance. */
function remembering(compute: (given: number) => number): (given: number) => number {
  const known = new Map<number, number>();
  return (given) => {
    const before = known.get(given);
    if (before !== undefined) return before;
    if (known.size >= rememberedAnswers) known.clear();
    const answer = compute(given);
    known.set(given, answer);
    return answer;
  };
}

function makeCalendar(schedule: Schedule): Calendar {
  const { zone, keepOn } = schedule;
  const holidays = new Set(schedule.holidays.map(localDayOf));
  const keptDays = new Set(keepOn.flatMap((entry) => ('date' in entry ? [localDayOf(entry.date)] : [])));
  const keptSpans = keepOn.flatMap((entry) => ('date' in entry ? [] : [entry]));
  const isKept = (day: LocalDay, at: number): boolean =>
    keptDays.has(day) || keptSpans.some(({ fromAt, toAt }) => at >= fromAt && at < toAt);

  const occurring = (
    clock: string | null,
    days: readonly Weekday[],
    restDays: ReadonlySet<LocalDay>,
  ): ((day: LocalDay) => Occurrence | null) => {
    if (clock === null) return () => null;
    const minutes = minutesOf(clock);
    const wanted = new Set<Weekday>(days);
    const instantOn = remembering((day) => instantOfLocal(zone, day, minutes));
    return (day) => {
      if (!wanted.has(weekdayOf(day)) || restDays.has(day) || keptDays.has(day)) return null;
      const at = instantOn(day);
      return isKept(day, at) ? null : { at, day, order: day * 1440 + minutes };
    };
  };
  return {
    dayAt: remembering((at) => localDayAt(zone, at)),
    startOn: occurring(schedule.start, schedule.days, holidays),
    stopOn: occurring(schedule.stop, schedule.stopDays, new Set()),
    midnightOf: remembering((day) => instantOfLocal(zone, day, 0)),
    isKept,
  };
}

const calendars = new WeakMap<Schedule, Calendar>();

export function calendarOf(schedule: Schedule): Calendar {
  const known = calendars.get(schedule);
  if (known !== undefined) return known;
  const calendar = makeCalendar(schedule);
  calendars.set(schedule, calendar);
  return calendar;
}
