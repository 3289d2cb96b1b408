import { z } from 'zod';
import { agentsView } from './agents-view.ts';
import { decidableView } from './decidable-view.ts';
import { computeAddress, formatVersion, instant } from './scalars.ts';

/** The state of the fleet at a glance: for an admin of all of it, else of one's own computes. */
export const summaryView = z.object({
  formatVersion,
  at: instant,
  you: z.object({
    objectId: z.string(),
    name: z.string().nullable(),
    admin: z.boolean(),
    approver: z.boolean(),
  }),
  covers: z.enum(['all', 'mine']),
  computes: z.number().int(),
  running: z.number().int(),
  asked: z.number().int().meta({ description: 'Running ones whose use was looked at' }),
  decidable: z.number().int().meta({ description: 'Those of them whose evidence allows a verdict' }),
  decidableBy: decidableView,
  agents: agentsView.nullable().meta({ description: 'For admins' }),
  active: z.number().int(),
  idle: z.number().int(),
  unknown: z.number().int(),
  warned: z.number().int().meta({ description: 'Under a warning that is out' }),
  byReason: z.record(z.string(), z.number().int()),
  halt: z.object({ by: z.string(), since: instant, why: z.string().nullable() }).nullable(),
  lastSweep: z
    .object({
      sweepId: z.string(),
      startedAt: instant,
      finishedAt: instant.nullable(),
      status: z.string(),
      unreadableWorkspaces: z.number().int(),
    })
    .nullable(),
  savings: z.object({
    stops: z.number().int(),
    hoursOff: z.number(),
    usd: z.number().meta({ description: 'List price of the hours off, of the stops whose price is known' }),
    stopsWithoutPrice: z.number().int(),
    note: z.string(),
  }),
  regrets: z.object({
    stops: z.number().int(),
    regrets: z.number().int(),
    percent: z.number().nullable(),
    days: z.literal(30),
  }),
  blindSpots: z.array(
    computeAddress.extend({ sinceAt: instant, because: z.string().nullable(), sentence: z.string() }),
  ),
  alerts: z.array(z.object({ at: instant, title: z.string(), sentence: z.string() })),
});
export type SummaryView = z.infer<typeof summaryView>;
