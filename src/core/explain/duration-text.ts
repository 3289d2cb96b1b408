const minuteMs = 60_000;

/** How people say a length of time: `95 min`, `4 h 10 min`, `3 d 2 h`. Whole minutes, rounded down. */
export function durationText(ms: number): string {
  const minutes = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / minuteMs)) : 0;
  if (minutes === 0) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
