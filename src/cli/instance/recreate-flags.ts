import { recreationLosses } from '../../core/provision/recreation.ts';
import { recreationConsequence } from '../../core/provision/recreation-text.ts';
import { valuesOf } from '../flag-values.ts';
import { publicKeyIn } from '../request/public-key.ts';

/** What whoever has an instance made anew can agree to. */
export const recreateFlags = {
  confirm: { type: 'string', valueHint: 'NAME', description: 'Its name once more; else it is asked for' },
  accept: {
    type: 'string',
    valueHint: 'LOSS',
    description: `A loss that the new one may have: ${recreationLosses.join(', ')}; may be repeated`,
  },
  'accept-unknown-use': {
    type: 'boolean',
    description: 'Go on although it cannot be told whether it is used; never while a job has not ended',
  },
  'ssh-key': {
    type: 'string',
    valueHint: 'FILE',
    description: 'Public key, where Azure does not give back the old one',
  },
} as const;

/** How the API’s fields are called here. */
export const recreateFlagNames: Readonly<Record<string, string>> = {
  vmSize: '--size',
  confirm: '--confirm',
  accept: '--accept',
  acceptUnknownUse: '--accept-unknown-use',
  sshPublicKey: '--ssh-key',
  at: '--at',
  why: '--why',
  compute: 'INSTANCE',
};

type Given = {
  readonly 'accept-unknown-use'?: boolean | undefined;
  readonly 'ssh-key'?: string | undefined;
};

/** What happens to the instance, for the question before. */
export const remaking = `is deleted and made again. ${recreationConsequence}`;

/** Once the name was confirmed. Throws `cli.bad-flag`. */
export function recreateBody(name: string, given: Given, rawArgs: readonly string[]): object {
  const accept = valuesOf('accept', rawArgs);
  const sshKey = given['ssh-key'];
  return {
    confirm: name,
    ...(accept.length === 0 ? {} : { accept }),
    ...(given['accept-unknown-use'] === true ? { acceptUnknownUse: true } : {}),
    ...(sshKey === undefined ? {} : { sshPublicKey: publicKeyIn(sshKey) }),
  };
}
