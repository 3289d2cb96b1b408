import { z } from 'zod';

/** Every JSON answer carries it: it grows when a member changes its meaning or goes away, not when one is added. */
export const formatVersion = z.literal(1);

/** A time as people and tools read it: RFC 3339, UTC. */
export const instant = z.iso.datetime().meta({ description: 'RFC 3339, UTC' });
export const instantOf = (at: number): string => new Date(at).toISOString();
export const instantOrNull = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : instantOf(at);

export const person = z.object({ objectId: z.string(), name: z.string().nullable() });

/** Which compute, in the words of its address below `/api/computes/`. */
export const computeAddress = z.object({
  subscription: z.string(),
  resourceGroup: z.string(),
  workspace: z.string(),
  compute: z.string(),
});
