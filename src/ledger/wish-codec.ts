import { z } from 'zod';
import type { Workspace } from '../core/computes.ts';
import type { InstanceWish } from '../core/provision/instance-wish.ts';
import { personCodec } from './codec.ts';

const workspaceCodec = z
  .object({
    subscriptionId: z.string(),
    resourceGroup: z.string(),
    workspace: z.string(),
    location: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
  })
  .transform((value) => value as Workspace);

const schedulesCodec = z
  .array(z.object({ action: z.enum(['Start', 'Stop']), cron: z.string(), timeZone: z.string() }))
  .default([]);

/** What is asked of an instance beside its place, size and people, in a wish as in the machine that comes of it. */
export const askedOfInstance = {
  sshPublicKey: z.string().nullable().default(null),
  publicIp: z.boolean().nullable().default(null),
  subnetId: z.string().nullable().default(null),
  tags: z.record(z.string(), z.string()).default({}),
  idleShutdownMinutes: z.number().nullable().default(null),
  schedules: schedulesCodec,
  agent: z.boolean().default(false),
};

export const wishCodec = z
  .object({
    requestedBy: personCodec,
    forPerson: personCodec,
    mayAskForOthers: z.boolean().default(false),
    tenantId: z.string(),
    workspace: workspaceCodec,
    vmSize: z.string(),
    name: z.string().nullable().default(null),
    ...askedOfInstance,
  })
  .transform((value): InstanceWish => value);
