export const minuteMs = 60_000;

/** How far clocks of Azure, the instance and this app may differ: evidence from further ahead is nobody's. */
export const clockSkewMs = 5 * minuteMs;

export const floorToMinute = (at: number): number => Math.floor(at / minuteMs) * minuteMs;
export const ceilToMinute = (at: number): number => Math.ceil(at / minuteMs) * minuteMs;
