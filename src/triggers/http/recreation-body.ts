import { z } from 'zod';
import { recreationLosses } from '../../core/provision/recreation.ts';
import { publicKey } from './request-body.ts';

/** What whoever has an instance made anew agrees to. */
export const recreationFields = {
  confirm: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'The name of the instance, once more: its OS disk goes for good' }),
  accept: z
    .array(z.enum(recreationLosses))
    .max(recreationLosses.length)
    .default([])
    .meta({ description: 'Losses that the new one may have; a refusal names those that there would be' }),
  acceptUnknownUse: z.boolean().default(false).meta({
    description: 'Go on although it cannot be told whether it is used; never while a job has not ended',
  }),
  sshPublicKey: z
    .string()
    .regex(publicKey, 'expected one line of an OpenSSH public key; a private key must never be sent')
    .optional()
    .meta({ description: 'For an instance with SSH whose key Azure does not give back' }),
};

export const resizeBody = z.strictObject({
  vmSize: z
    .string()
    .regex(/^[A-Za-z][\w-]{1,63}$/, 'expected the name of a VM size, such as Standard_DS3_v2'),
  ...recreationFields,
});
export const recreateBody = z.strictObject(recreationFields).default({ accept: [], acceptUnknownUse: false });
export type RecreateBody = z.output<typeof recreateBody>;
