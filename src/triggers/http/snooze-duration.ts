import { z } from 'zod';
import { parseDuration } from '../../core/policy/duration.ts';

const shortestMs = 60_000;
/** How long a compute is to be left alone; in milliseconds once parsed. */
export const snoozeDuration = z
  .string()
  .max(32)
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= shortestMs) return ms;
    context.addIssue({
      code: 'custom',
      message: 'expected a duration of a minute or more, such as 2h or 1h30m',
    });
    return z.NEVER;
  })
  .meta({ description: 'Counted from now: 45m, 2h, 1h30m, 1d; at most what the policy allows' });
