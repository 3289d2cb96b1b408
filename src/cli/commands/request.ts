import { defineCommand } from 'citty';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf } from '../flag-values.ts';
import { askedBody, machineFlagNames, machineFlags } from '../request/asked-body.ts';
import { exitOf, followRequest } from '../request/follow-request.ts';
import { requestTable, requestText } from '../request/request-text.ts';
import type { RequestView } from '../../present/json/request-view.ts';

const id = { type: 'positional', required: true, description: 'Id of the request' } as const;
const timeout = {
  type: 'string',
  valueHint: '30m',
  description: 'Give up following after so long; the request goes on',
} as const;
const exits = { 0: 'it is done', 1: 'an error', 2: 'refused, waiting, or ended otherwise' } as const;
const pathOf = (requestId: string): string => `/api/requests/${encodeURIComponent(requestId)}`;
const timeoutOf = (text: string | undefined): number | null =>
  text === undefined ? null : durationOf('timeout', text);

const make = appCommand({
  name: 'new',
  description: 'Asks for a compute instance and follows the request to its end',
  args: {
    ...machineFlags,
    key: {
      type: 'string',
      valueHint: 'KEY',
      description: 'The same key again is the same request: never a second machine',
    },
    wait: { type: 'boolean', default: true, negativeDescription: 'Do not follow it to its end' },
    timeout,
  },
  examples: [
    'lamplighter request new --workspace ml-team --size Standard_DS3_v2',
    'lamplighter request new --workspace ml-team --size Standard_NC6s_v3 --name ci-ada --ssh-key ~/.ssh/id_ed25519.pub',
    'lamplighter request new --workspace ml-team --size Standard_DS3_v2 --stop-at "0 19 * * 1-5" --time-zone "W. Europe Standard Time" --tag project=moon --no-wait',
  ],
  exits,
  async act({ args, rawArgs, door, say, surroundings }) {
    const timeoutMs = timeoutOf(args.timeout);
    const key = args.key ?? surroundings.newKey();
    const reply = await door.call('POST', '/api/requests', askedBody(args, rawArgs), key);
    const asked = bodyOf<RequestView>(reply, machineFlagNames);
    const request = args.wait ? await followRequest(door, asked, surroundings, timeoutMs) : asked;
    say(request, () => requestText(request, surroundings.look));
    return exitOf(request);
  },
});

const list = appCommand({
  name: 'list',
  description: 'Requests that you may see, the newest first',
  args: {
    status: {
      type: 'string',
      valueHint: 'STATUS',
      description: 'Only those of this status, such as awaiting-approval',
    },
    mine: { type: 'boolean', description: 'For approvers and admins: only your own' },
  },
  examples: ['lamplighter request list', 'lamplighter request list --status awaiting-approval --json'],
  async act({ args, door, say, surroundings }) {
    const query = new URLSearchParams({
      limit: '500',
      ...(args.status === undefined ? {} : { status: args.status }),
      ...(args.mine === true ? { mine: 'true' } : {}),
    });
    const body = bodyOf<{ requests: readonly RequestView[] }>(
      await door.call('GET', `/api/requests?${query.toString()}`),
      { status: '--status' },
    );
    say(body, () => requestTable(body.requests, surroundings.look));
    if (body.requests.length === 0 && args.json !== true)
      surroundings.stderr.write('There is no such request.\n');
    return 0;
  },
});

const show = appCommand({
  name: 'show',
  description: 'How far a request is',
  args: { id, wait: { type: 'boolean', description: 'Follow it to its end' }, timeout },
  examples: ['lamplighter request show r0123', 'lamplighter request show r0123 --wait --timeout 1h'],
  exits,
  async act({ args, door, say, surroundings }) {
    const timeoutMs = timeoutOf(args.timeout);
    const seen = bodyOf<RequestView>(await door.call('GET', pathOf(args.id)));
    const request = args.wait === true ? await followRequest(door, seen, surroundings, timeoutMs) : seen;
    say(request, () => requestText(request, surroundings.look));
    return exitOf(request);
  },
});

const decision = (name: 'approve' | 'reject', description: string) =>
  appCommand({
    name,
    description,
    args: { id, comment: { type: 'string', valueHint: 'TEXT', description: 'Why, for whoever asked' } },
    examples: [`lamplighter request ${name} r0123 --comment "for the demo"`],
    exits: {
      0: 'your word is taken',
      1: 'an error',
      2: 'the request is refused now that it was weighed again',
    },
    async act({ args, door, say, surroundings }) {
      const body = args.comment === undefined ? undefined : { comment: args.comment };
      const request = bodyOf<RequestView>(await door.call('POST', `${pathOf(args.id)}/${name}`, body));
      say(request, () => requestText(request, surroundings.look));
      return 0;
    },
  });

const cancel = appCommand({
  name: 'cancel',
  description: 'Takes a request back; what is being made is deleted again',
  args: { id },
  examples: ['lamplighter request cancel r0123'],
  async act({ args, door, say, surroundings }) {
    const request = bodyOf<RequestView>(await door.call('POST', `${pathOf(args.id)}/cancel`));
    say(request, () => requestText(request, surroundings.look));
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'request',
  description: 'Ask for a compute instance, follow it, decide about requests',
  examples: [
    'lamplighter request new --workspace ml-team --size Standard_DS3_v2',
    'lamplighter request list',
  ],
};

/** Asking for machines, and deciding about what others ask for. */
export const request = defineCommand({
  meta,
  subCommands: {
    new: make,
    list,
    show,
    approve: decision('approve', 'Agrees to somebody else’s request'),
    reject: decision('reject', 'Rejects somebody else’s request'),
    cancel,
  },
});
