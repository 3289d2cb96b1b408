import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type ArgsDef, defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import type { RequestView } from '../../present/json/request-view.ts';
import type { AppDoor } from '../request/app-door.ts';
import { followRequest, isMoving, problemOf, progressText, requestOf } from '../request/follow-request.ts';
import { openDoor } from '../request/open-door.ts';
import { refuseUnknownFlags } from '../unknown-flags.ts';

const everyMs = 3000;
const ways = {
  url: { type: 'string', valueHint: 'URL', description: 'Where Lamplighter is (or LAMPLIGHTER_URL)' },
  audience: {
    type: 'string',
    valueHint: 'ID',
    description: 'Whom tokens are made for (or LAMPLIGHTER_AUDIENCE)',
  },
  json: { type: 'boolean', description: 'JSON instead of text' },
} as const satisfies ArgsDef;
const one = {
  ...ways,
  id: { type: 'positional', required: true, description: 'The request’s id' },
} as const satisfies ArgsDef;

const say = (request: RequestView, json: boolean): void => {
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...request, formatVersion: 1 }, null, 2)}\n`
      : `${request.requestId}  ${request.status}  ${request.sentence}\n`,
  );
};

/** 0: as wanted; 2: it ended otherwise; faults are 1. */
const exitOf = (request: RequestView): number =>
  request.status === 'completed' || isMoving(request) ? 0 : 2;

async function follow(door: AppDoor, request: RequestView): Promise<RequestView> {
  const { stderr } = process;
  const onTerminal = stderr.isTTY;
  const ended = await followRequest(door, request, {
    show: (seen) => {
      if (onTerminal)
        stderr.write(`\r\u001b[2K${progressText(seen, Date.now()).slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    wait: () => pause(everyMs),
  });
  if (onTerminal) stderr.write('\r\u001b[2K');
  return ended;
}

async function guarded(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof LamplighterError)) throw error;
    process.stderr.write(`${[error.message, error.fix].filter((text) => text !== '').join(' ')}\n`);
    process.exitCode = error.code.startsWith('refuse.') ? 2 : 1;
  }
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new LamplighterError(`The key file ${file} cannot be read.`, {
      code: 'cli.bad-flag',
      fault: 'caller',
      field: 'ssh-key',
      fix: 'Give the path of a public key, such as ~/.ssh/id_ed25519.pub.',
      cause,
    });
  }
}

function tagsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  );
}

const newArgs = {
  ...ways,
  workspace: { type: 'string', required: true, description: 'Name or ARM id of the workspace' },
  size: { type: 'string', required: true, description: 'VM size, such as Standard_DS3_v2' },
  name: { type: 'string', description: '3 to 24 characters; left out: Lamplighter names it' },
  for: { type: 'string', valueHint: 'OBJECT-ID', description: 'Whoever it is for, if not you (admins only)' },
  'ssh-key': { type: 'string', valueHint: 'FILE', description: 'Switches SSH on, with this public key' },
  'public-ip': { type: 'string', valueHint: 'yes|no', description: 'Left out: what the workspace says' },
  subnet: { type: 'string', valueHint: 'ARM-ID', description: 'Subnet to put it into' },
  'idle-shutdown': { type: 'string', valueHint: '2h', description: 'Azure’s own idle shutdown, 15m to 3d' },
  tags: { type: 'string', valueHint: 'a=b,c=d', description: 'Tags of the instance' },
  key: { type: 'string', description: 'Idempotency key: the same one again is the same request' },
  detach: { type: 'boolean', description: 'Do not follow it to its end' },
} as const satisfies ArgsDef;

const make = defineCommand({
  meta: { name: 'new', description: 'Asks for a compute instance and follows it' },
  args: newArgs,
  run: ({ args, rawArgs }) =>
    guarded(async () => {
      refuseUnknownFlags(rawArgs, newArgs);
      const door = openDoor(args, process.env);
      const sshKey = args['ssh-key'];
      const publicIp = args['public-ip'];
      const body = {
        workspace: args.workspace,
        vmSize: args.size,
        ...(args.name === undefined ? {} : { name: args.name }),
        ...(args.for === undefined ? {} : { for: args.for }),
        ...(sshKey === undefined ? {} : { ssh: true, sshPublicKey: keyIn(sshKey) }),
        ...(publicIp === undefined ? {} : { publicIp: publicIp === 'yes' }),
        ...(args.subnet === undefined ? {} : { subnet: args.subnet }),
        ...(args['idle-shutdown'] === undefined ? {} : { idleShutdown: args['idle-shutdown'] }),
        tags: tagsOf(args.tags),
      };
      const asked = requestOf(await door.call('POST', '/api/requests', body, args.key ?? randomUUID()));
      const ended = args.detach === true ? asked : await follow(door, asked);
      say(ended, args.json === true);
      return exitOf(ended);
    }),
});

const listArgs = {
  ...ways,
  status: { type: 'string', description: 'Only those of this status' },
  mine: { type: 'boolean', description: 'For approvers and admins: only your own' },
} as const satisfies ArgsDef;

const list = defineCommand({
  meta: { name: 'list', description: 'Requests that you may see, the newest first' },
  args: listArgs,
  run: ({ args, rawArgs }) =>
    guarded(async () => {
      refuseUnknownFlags(rawArgs, listArgs);
      const query = new URLSearchParams({
        ...(args.status === undefined ? {} : { status: args.status }),
        ...(args.mine === true ? { mine: 'true' } : {}),
      });
      const reply = await openDoor(args, process.env).call('GET', `/api/requests?${query.toString()}`);
      if (reply.status >= 300) throw problemOf(reply);
      if (args.json === true) process.stdout.write(`${JSON.stringify(reply.json, null, 2)}\n`);
      else for (const request of reply.json['requests'] as RequestView[]) say(request, false);
      return 0;
    }),
});

const show = defineCommand({
  meta: { name: 'show', description: 'How far a request is' },
  args: { ...one, wait: { type: 'boolean', description: 'Follow it to its end' } },
  run: ({ args, rawArgs }) =>
    guarded(async () => {
      refuseUnknownFlags(rawArgs, { ...one, wait: { type: 'boolean' } });
      const door = openDoor(args, process.env);
      const seen = requestOf(await door.call('GET', `/api/requests/${encodeURIComponent(args.id)}`));
      const last = args.wait === true ? await follow(door, seen) : seen;
      say(last, args.json === true);
      return exitOf(last);
    }),
});

const decision = (word: 'approve' | 'reject' | 'cancel', description: string) => {
  const args = {
    ...one,
    comment: { type: 'string', description: 'Why, for whoever asked' },
  } as const satisfies ArgsDef;
  return defineCommand({
    meta: { name: word, description },
    args,
    run: ({ args: given, rawArgs }) =>
      guarded(async () => {
        refuseUnknownFlags(rawArgs, args);
        const path = `/api/requests/${encodeURIComponent(given.id)}/${word}`;
        const body =
          given.comment === undefined || word === 'cancel' ? undefined : { comment: given.comment };
        say(requestOf(await openDoor(given, process.env).call('POST', path, body)), given.json === true);
        return 0;
      }),
  });
};

/** Asking for machines, and deciding about what others ask for, over the deployed app's API. */
export const request = defineCommand({
  meta: { name: 'request', description: 'Ask for a compute instance, follow it, decide about requests' },
  subCommands: {
    new: make,
    list,
    show,
    approve: decision('approve', 'Agrees to somebody else’s request'),
    reject: decision('reject', 'Rejects somebody else’s request'),
    cancel: decision('cancel', 'Takes a request back; what is being made is deleted again'),
  },
});
