import type { RequestView } from '../../present/json/request-view.ts';
import { type AppCall, appCommand } from '../app-command.ts';
import { computePath } from '../door/compute-path.ts';
import { findCompute } from '../door/find-compute.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf } from '../flag-values.ts';
import { exitOf, followRequest } from '../request/follow-request.ts';
import { requestText } from '../request/request-text.ts';
import { confirmName } from './confirm-name.ts';
import { instanceWord } from './instance-word.ts';
import { recreateBody, recreateFlagNames, recreateFlags, remaking } from './recreate-flags.ts';

const flags = {
  ...recreateFlags,
  key: { type: 'string', valueHint: 'KEY', description: 'The same key again is the same request' },
  wait: { type: 'boolean', default: true, negativeDescription: 'Do not follow it to its end' },
  timeout: {
    type: 'string',
    valueHint: '30m',
    description: 'Give up following after so long; the request goes on',
  },
} as const;
const exits = { 0: 'it is done', 1: 'an error', 2: 'refused, waiting, or ended otherwise' } as const;

type Call = Pick<AppCall<Record<string, never>>, 'rawArgs' | 'door' | 'say' | 'surroundings'> & {
  readonly args: {
    readonly instance: string;
    readonly confirm?: string | undefined;
    readonly 'accept-unknown-use'?: boolean | undefined;
    readonly 'ssh-key'?: string | undefined;
    readonly key?: string | undefined;
    readonly wait: boolean;
    readonly timeout?: string | undefined;
  };
};

/** Asks for it, once its consequences were agreed to, and follows the request. */
async function makeAnew({ args, rawArgs, door, say, surroundings }: Call, verb: string, more: object) {
  const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
  const ref = await findCompute(door, args.instance);
  await confirmName(ref, args.confirm, remaking, surroundings);
  const body = { ...more, ...recreateBody(ref.compute, args, rawArgs) };
  const reply = await door.call(
    'POST',
    `${computePath(ref)}/${verb}`,
    body,
    args.key ?? surroundings.newKey(),
  );
  const asked = bodyOf<RequestView>(reply, recreateFlagNames);
  const request = args.wait ? await followRequest(door, asked, surroundings, timeoutMs) : asked;
  say(request, () => requestText(request, surroundings.look));
  return exitOf(request);
}

export const resize = appCommand({
  name: 'resize',
  description: 'Gives an instance another size: it is deleted and made again; files stay, the OS disk goes',
  args: {
    ...instanceWord,
    size: {
      type: 'string',
      required: true,
      valueHint: 'SIZE',
      description: 'VM size, such as Standard_DS4_v2',
    },
    ...flags,
  },
  examples: [
    'lamplighter instance resize ci-priya-dev --size Standard_DS4_v2',
    'lamplighter instance resize ci-priya-dev --size Standard_DS4_v2 --confirm ci-priya-dev --accept setup-scripts',
  ],
  exits,
  act: (call) => makeAnew(call, 'resize', { vmSize: call.args.size }),
});

export const recreate = appCommand({
  name: 'recreate',
  description:
    'Deletes an instance and makes it again as it was, with the newest image; files stay, the OS disk goes',
  args: { ...instanceWord, ...flags },
  examples: ['lamplighter instance recreate ci-priya-dev --confirm ci-priya-dev'],
  exits,
  act: (call) => makeAnew(call, 'recreate', {}),
});
