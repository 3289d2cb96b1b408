import type { AppCall } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf } from '../flag-values.ts';
import { attachmentFlagNames } from './attachment-flags.ts';
import { changeText } from './attachment-text.ts';
import { exitOf, followChange } from './follow-change.ts';
import type { AttachmentChangeView } from '../../present/json/attachment-change-view.ts';

/** Flags of every change. */
export const changeFlags = {
  key: { type: 'string', valueHint: 'KEY', description: 'The same key again is the same change' },
  wait: { type: 'boolean', default: true, negativeDescription: 'Do not follow it to its end' },
  timeout: {
    type: 'string',
    valueHint: '20m',
    description: 'Give up following after so long; the change goes on',
  },
} as const;
export const changeExits = {
  0: 'done',
  1: 'an error; nothing was changed',
  2: 'refused, failed, put back, needs a person, or still under way',
} as const;

type FollowCall = Pick<AppCall<Record<string, never>>, 'door' | 'say' | 'surroundings'> & {
  readonly args: {
    readonly wait: boolean;
    readonly timeout?: string | undefined;
    readonly key?: string | undefined;
  };
};

/** Sends a change and follows it, unless that was not wanted. */
export async function changeAttachment(
  { args, door, say, surroundings }: FollowCall,
  path: string,
  body?: object,
) {
  const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
  const key = args.key ?? surroundings.newKey();
  const asked = bodyOf<AttachmentChangeView>(await door.call('POST', path, body, key), attachmentFlagNames);
  const ended = args.wait ? await followChange(door, asked, surroundings, timeoutMs) : asked;
  say(ended, () => changeText(ended, surroundings.look));
  return exitOf(ended);
}
