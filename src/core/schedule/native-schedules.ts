import { innerOf, memberOf, membersOf, textMember } from '../findings/arm-properties.ts';
import type { Compute } from '../computes.ts';
import { weekdays } from '../policy/scalars.ts';
import type { Weekday } from '../policy/types.ts';
import { dayMs, weekdayOf } from './local-day.ts';
import { windowsZone } from './windows-zones.ts';

/** One of an instance's own schedules in Azure (`schedules.computeStartStop`), as far as it is of a kind known here. */
export type NativeSchedule = {
  readonly action: 'start' | 'stop';
  readonly enabled: boolean;
  /** A Windows name; UTC where Azure names none. */
  readonly zone: string;
  /** Minutes since midnight of the zone's winter clock; null: a rule that is not understood here. */
  readonly times: readonly number[] | null;
  readonly days: readonly Weekday[];
  /** Its rule as Azure holds it, for people. */
  readonly rule: string;
};

const everyDay: readonly Weekday[] = [...weekdays];
const mostTimes = 48;

/** A field of a cron expression as a list; null: what is not a list or range of numbers, or `*`. */
function cronField(text: string, all: readonly number[]): readonly number[] | null {
  if (text === '*') return all;
  const values: number[] = [];
  for (const part of text.split(',')) {
    const [, from, to] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    if (from === undefined) return null;
    for (let value = Number(from); value <= Number(to ?? from); value += 1) values.push(value);
  }
  return values.every((value) => all.includes(value)) ? values : null;
}

const upTo = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, index) => index);

function ofCron(expression: string): Pick<NativeSchedule, 'times' | 'days'> {
  const unknown = { times: null, days: everyDay };
  const [minute = '', hour = '', dayOfMonth, month, dayOfWeek = '', ...rest] = expression.trim().split(/\s+/);
  if (rest.length > 0 || dayOfMonth !== '*' || month !== '*') return unknown;
  const named = dayOfWeek.replace(/[a-z]{3}/gi, (name) => {
    const index = weekdays.findIndex((day) => day.toLowerCase() === name.toLowerCase());
    return index < 0 ? name : String((index + 1) % 7);
  });
  const minutes = cronField(minute, upTo(59));
  const hours = cronField(hour, upTo(23));
  const days = cronField(named, upTo(7));
  if (minutes === null || hours === null || days === null) return unknown;
  const times = hours.flatMap((one) => minutes.map((other) => one * 60 + other));
  // 0 and 7 are Sunday.
  const on = weekdays.filter(
    (_, index) => days.includes((index + 1) % 7) || (index === 6 && days.includes(7)),
  );
  return { times: times.length > mostTimes ? null : times, days: on };
}

const numbersOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one): one is number => typeof one === 'number') : [];

function ofRecurrence(recurrence: ReturnType<typeof membersOf>): Pick<NativeSchedule, 'times' | 'days'> {
  const unknown = { times: null, days: everyDay };
  const frequency = (textMember(recurrence, 'frequency') ?? '').toLowerCase();
  const interval = memberOf(recurrence, 'interval') ?? 1;
  if (!['day', 'week'].includes(frequency) || interval !== 1) return unknown;
  const schedule = membersOf(memberOf(recurrence, 'schedule'));
  const hours = numbersOf(memberOf(schedule, 'hours'));
  const minutes = numbersOf(memberOf(schedule, 'minutes'));
  const given = memberOf(schedule, 'weekDays');
  const named = (Array.isArray(given) ? given : []).map((day) => String(day).slice(0, 3).toLowerCase());
  if (hours.length === 0 || (frequency === 'week' && named.length === 0)) return unknown;
  const days = named.length === 0 ? everyDay : weekdays.filter((day) => named.includes(day.toLowerCase()));
  const times = hours.flatMap((hour) =>
    (minutes.length === 0 ? [0] : minutes).map((minute) => hour * 60 + minute),
  );
  return { times: times.length > mostTimes ? null : times, days };
}

function parse(entry: unknown): NativeSchedule | null {
  const members = membersOf(entry);
  const action = (textMember(members, 'action') ?? '').toLowerCase();
  if (action !== 'start' && action !== 'stop') return null;
  const enabled = (textMember(members, 'status') ?? 'Enabled').toLowerCase() === 'enabled';
  const cron = membersOf(memberOf(members, 'cron'));
  const expression = textMember(cron, 'expression');
  const recurrence = membersOf(memberOf(members, 'recurrence'));
  const zone = textMember(expression === null ? recurrence : cron, 'timeZone') ?? 'UTC';
  const when = expression === null ? ofRecurrence(recurrence) : ofCron(expression);
  const rule = expression ?? `every ${(textMember(recurrence, 'frequency') ?? 'time').toLowerCase()}`;
  return { action, enabled, zone, rule, ...when };
}

/** The instance's own schedules in Azure; null: the answer does not say. */
export function nativeSchedulesOf(compute: Pick<Compute, 'raw'>): readonly NativeSchedule[] | null {
  const inner = innerOf(compute);
  if (inner === null) return null;
  const list = memberOf(membersOf(memberOf(inner, 'schedules')), 'computeStartStop');
  return Array.isArray(list) ? list.flatMap((entry) => parse(entry) ?? []) : [];
}

/** When it acts within `[fromAt, toAt)`, as Azure counts: by the zone's winter clock. Empty where that is not known. */
export function nativeOccurrences(
  { zone, times, days, enabled }: NativeSchedule,
  fromAt: number,
  toAt: number,
): readonly number[] {
  const offset = windowsZone(zone);
  if (offset === null || times === null || !enabled) return [];
  const offsetMs = offset.offsetMinutes * 60_000;
  const found: number[] = [];
  for (let day = Math.floor((fromAt + offsetMs) / dayMs); day * dayMs - offsetMs < toAt; day += 1) {
    if (!days.includes(weekdayOf(day))) continue;
    for (const minutes of times) {
      const at = day * dayMs + minutes * 60_000 - offsetMs;
      if (at >= fromAt && at < toAt) found.push(at);
    }
  }
  return found.toSorted((one, other) => one - other);
}
