import { z } from 'zod';

/** The session agents of the fleet, and what was refused of those that claim to be such. */
export const agentsView = z.object({
  enrolled: z.number().int(),
  reporting: z.number().int().meta({ description: 'With a report within the last ten minutes' }),
  refused: z
    .record(z.string(), z.number().int())
    .meta({ description: 'Refused requests by reason: unsigned, bad-signature, stale, replayed …' }),
  days: z.literal(7).meta({ description: 'How many days the refusals are of' }),
});
export type AgentsView = z.infer<typeof agentsView>;
