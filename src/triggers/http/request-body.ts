import { z } from 'zod';
import { parseObjectId } from '../../core/ids.ts';
import { cronFault } from '../../core/provision/cron-fault.ts';
import { windowsZoneName, windowsZoneFault } from '../../core/provision/windows-zone-name.ts';
import { parseDuration } from '../../core/policy/duration.ts';
import { named } from './compute-params.ts';

const minuteMs = 60_000;
const shortestIdle = 15;
const longestIdle = 3 * 24 * 60;

/** Azure takes whole minutes of 15 to 4,320. */
const idleMinutes = z
  .string()
  .max(32)
  .transform((text, context) => {
    const ms = parseDuration(text);
    const minutes = ms === null ? Number.NaN : ms / minuteMs;
    if (Number.isInteger(minutes) && minutes >= shortestIdle && minutes <= longestIdle) return minutes;
    context.addIssue({
      code: 'custom',
      message: 'expected a duration of 15m to 3d in whole minutes, such as 1h30m',
    });
    return z.NEVER;
  })
  .meta({ description: 'Azure’s own idle shutdown: 15m to 3d. It gives no warning and knows no snooze' });

export const publicKey =
  /^(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{40,4000}={0,3}(?: [\x20-\x7e]{0,200})?$/;
const subnetId =
  /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/resourceGroups\/[-\w.()]{0,89}[-\w()]\/providers\/Microsoft\.Network\/virtualNetworks\/[A-Za-z0-9][-\w.]{0,62}[\w]\/subnets\/[A-Za-z0-9](?:[-\w.]{0,78}\w)?$/i;
const tagName = /^[^<>%&\\?/\p{Cc}]{1,128}$/u;
const tagValue = /^\P{Cc}{0,256}$/u;
const tagsAtMost = 30;

const schedule = z.strictObject({
  action: z.enum(['Start', 'Stop']),
  cron: z
    .string()
    .max(100, 'expected five cron fields, such as "0 19 * * 1-5"')
    .superRefine((text, context) => {
      const message = cronFault(text);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
  timeZone: z
    .string()
    .max(100, windowsZoneFault(''))
    .transform((text, context) => {
      const zone = windowsZoneName(text);
      if (zone !== null) return zone;
      context.addIssue({ code: 'custom', message: windowsZoneFault(text) });
      return z.NEVER;
    })
    .default('UTC'),
});

const fields = z.strictObject({
  workspace: z.string().min(1).max(600).meta({ description: 'Name or ARM id of the workspace' }),
  vmSize: z
    .string()
    .regex(/^[A-Za-z][\w-]{1,63}$/, 'expected the name of a VM size, such as Standard_DS3_v2'),
  name: z
    .string()
    .max(256, 'expected 3 to 24 characters')
    .optional()
    .meta({ description: '3 to 24 characters, unique in the region; left out: Lamplighter names it' }),
  for: named(parseObjectId)
    .optional()
    .meta({ description: 'Object id of whoever it is for; left out: whoever asks. For others: admins only' }),
  ssh: z.boolean().default(false),
  sshPublicKey: z
    .string()
    .regex(publicKey, 'expected one line of an OpenSSH public key; a private key must never be sent')
    .optional(),
  publicIp: z.boolean().optional(),
  subnet: z
    .string()
    .max(600)
    .regex(
      subnetId,
      'expected the ARM id of a subnet: /subscriptions/…/providers/Microsoft.Network/virtualNetworks/…/subnets/…',
    )
    .nullable()
    .optional(),
  tags: z
    .record(
      z.string().regex(tagName, 'expected 1 to 128 characters without < > % & \\ ? /'),
      z.string().regex(tagValue, 'expected at most 256 characters on one line'),
    )
    .refine((tags) => Object.keys(tags).length <= tagsAtMost, `expected at most ${tagsAtMost} tags`)
    .default({}),
  idleShutdown: idleMinutes.optional(),
  schedules: z.array(schedule).max(4, 'Azure keeps at most 4 schedules').default([]),
  agent: z.boolean().optional().meta({
    description:
      'Install the session agent by a setup script; single sign-on is off then until the user enables it',
  }),
  waitingList: z
    .boolean()
    .optional()
    .meta({ description: 'Refused for want of room only, it is given a place on the waiting list' }),
  autoStart: z
    .boolean()
    .optional()
    .meta({ description: 'With "waitingList": ask for it at once when there is room, without asking back' }),
});

/** What somebody says when asking for a machine. Its form only: rules are held against it afterwards. */
export const requestBody = fields
  .refine(({ ssh, sshPublicKey }) => !ssh || sshPublicKey !== undefined, {
    path: ['sshPublicKey'],
    error: 'is needed with "ssh": true, since Azure can switch SSH on only at creation',
  })
  .refine(({ ssh, sshPublicKey }) => ssh || sshPublicKey === undefined, {
    path: ['ssh'],
    error: 'expected true where a key is given',
  })
  .refine(({ waitingList, autoStart }) => waitingList === true || autoStart !== true, {
    path: ['autoStart'],
    error: 'goes with "waitingList": true only',
  });
export type RequestBody = z.output<typeof requestBody>;
