const pattern = /^(-?)(?=\d)(?:(\d{1,7})d)?(?:(\d{1,7})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$/;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Milliseconds of `-?(Nd)?(Nh)?(Nm)?(Ns)?` with at least one part, `2h55m`; null if the text is none. */
export function parseDuration(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  const ms = Number(days) * day + Number(hours) * hour + Number(minutes) * minute + Number(seconds) * second;
  // Plain zero also for "-0s": a negative zero would not survive JSON.
  return sign === '-' && ms > 0 ? -ms : ms;
}

/** The shortest text of the policy file's form; whole seconds, `0s` for nothing. */
export function formatDuration(ms: number): string {
  let rest = Math.round(Math.abs(ms) / second) * second;
  if (rest === 0) return '0s';
  let text = ms < 0 ? '-' : '';
  for (const [unit, letter] of [
    [day, 'd'],
    [hour, 'h'],
    [minute, 'm'],
    [second, 's'],
  ] as const) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) text += `${count}${letter}`;
  }
  return text;
}
