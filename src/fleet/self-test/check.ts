import { faultOf } from '../fault-of.ts';

/** `unknown`: it could not be told, has not happened yet, or is not set up. */
export type CheckState = 'ok' | 'bad' | 'unknown';

export type Check = {
  readonly name: string;
  readonly state: CheckState;
  readonly detail: string;
  /** What to do about it; null: nothing needs doing. */
  readonly try: string | null;
};

/** A check that fails in an unforeseen way says so, and takes no other with it. */
export async function checked(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (thrown) {
    const { message } = faultOf(thrown);
    return { name, state: 'bad', detail: message, try: 'Look for the cause in that text, and test again.' };
  }
}

const minuteMs = 60_000;

export const ago = (ms: number): string =>
  ms < 2 * minuteMs
    ? 'a minute ago'
    : ms < 7_200_000
      ? `${Math.round(ms / minuteMs)} min ago`
      : `${Math.round(ms / 3_600_000)} h ago`;
