import { z } from 'zod';
import { parseInstant, parseUntil } from '../../core/policy/date-and-instant.ts';
import { parseDuration } from '../../core/policy/duration.ts';
import { impossible } from '../../core/policy/impossible-match.ts';
import { statedMatch } from '../../core/policy/match-schema.ts';
import { recreationFields } from './recreation-body.ts';

const time = (parse: (text: string) => number | null, expected: string) =>
  z
    .string()
    .max(40)
    .transform((text, context): number => {
      const at = parse(text);
      if (at !== null) return at;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    });
const positiveDuration = (text: string): number | null => {
  const ms = parseDuration(text);
  return ms !== null && ms > 0 ? ms : null;
};

export const campaignBody = z.strictObject({
  match: statedMatch
    .superRefine((match, context) => {
      for (const { path, message } of impossible(match)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    })
    .meta({ description: 'As in the policy; { compute: "*" } for all' }),
  imageOlderThan: time(positiveDuration, 'a duration, such as 90d')
    .optional()
    .meta({ description: 'Left out: images.maxAge of the policy' }),
  deadline: time(parseUntil, 'a date (the end of that day, UTC) or an instant with its offset'),
  remindBefore: time(positiveDuration, 'a duration, such as 48h').optional().meta({
    description:
      'So long before the deadline who has not answered is reminded; left out: 48h, or half of the time',
  }),
  why: z.string().trim().min(1).max(500).meta({ description: 'For the owners' }),
});

const compute = z
  .string()
  .min(1)
  .max(1024)
  .meta({ description: 'The instance’s ARM id, or its name where that is enough' });

export const consentBody = z.strictObject({
  compute,
  at: time(
    (text) => (text === 'now' ? 0 : parseInstant(text)),
    '"now" or an instant with its offset, such as 2026-03-09T18:00:00+01:00',
  )
    .default(0)
    .meta({ description: 'From when on it may be done; it is done once it is quiet' }),
  ...recreationFields,
});
export const refusalBody = z.strictObject({ compute, why: z.string().trim().min(1).max(500).optional() });
