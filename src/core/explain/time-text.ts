import { Temporal } from 'temporal-polyfill';
import { LamplighterError } from '../errors.ts';

/** `18:42 UTC`, with the date before it where that is not the day of `nearAt`. Throws `zone.unknown`. */
export function timeText(at: number, nearAt: number | null = null, zone = 'UTC'): string {
  const time = zoned(at, zone);
  if (time === null) return 'a time that is not known';
  const near = nearAt === null ? null : zoned(nearAt, zone);
  const clock = `${time.toPlainTime().toString({ smallestUnit: 'minute' })} ${zone}`;
  const sameDay = near !== null && time.toPlainDate().equals(near.toPlainDate());
  return sameDay ? clock : `${time.toPlainDate().toString()} ${clock}`;
}

/** Null for a number that is no time. */
function zoned(at: number, zone: string): Temporal.ZonedDateTime | null {
  if (!(Math.abs(at) <= 8.64e15)) return null;
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at));
  try {
    return instant.toZonedDateTimeISO(zone);
  } catch (cause) {
    throw new LamplighterError(`${JSON.stringify(zone)} is not a time zone.`, {
      code: 'zone.unknown',
      fault: 'caller',
      field: 'zone',
      fix: 'Give an IANA name such as Europe/Berlin, or UTC.',
      cause,
    });
  }
}
