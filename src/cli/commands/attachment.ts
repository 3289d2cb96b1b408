import { defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import { computeKey, type ComputeRef, parseComputeRef } from '../../core/ids.ts';
import type { ComputeAddress } from '../../present/json/compute-address.ts';
import { type AppCall, appCommand } from '../app-command.ts';
import {
  attachmentFlagNames,
  attachmentFlags,
  propertiesOf,
  secretsOf,
} from '../attachment/attachment-flags.ts';
import { attachmentTable, attachmentText, changeTable, changeText } from '../attachment/attachment-text.ts';
import { exitOf, followChange } from '../attachment/follow-change.ts';
import type { Attachment, AttachmentChange, Targets } from '../attachment/wire.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import type { AppDoor } from '../door/app-door.ts';
import { computePath, parseWrittenCompute } from '../door/compute-path.ts';
import { oneOf } from '../door/find-compute.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf, pairsOf, yesOrNo } from '../flag-values.ts';

const target = {
  type: 'positional',
  required: true,
  description:
    'NAME where it is unique, WORKSPACE/NAME, SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME or ARM id',
} as const;
const following = {
  key: { type: 'string', valueHint: 'KEY', description: 'The same key again is the same change' },
  wait: { type: 'boolean', default: true, negativeDescription: 'Do not follow it to its end' },
  timeout: {
    type: 'string',
    valueHint: '20m',
    description: 'Give up following after so long; the change goes on',
  },
} as const;
const exits = {
  0: 'done',
  1: 'an error; nothing was changed',
  2: 'refused, failed, put back, needs a person, or still under way',
} as const;

const readTargets = async (door: AppDoor): Promise<Targets> => bodyOf(await door.call('GET', '/api/targets'));

/** The attached target that somebody means. */
async function findAttachment(door: AppDoor, text: string): Promise<ComputeRef> {
  const written = parseWrittenCompute(text);
  if (written.kind === 'address') return written.ref;
  const { attachments } = await readTargets(door);
  return oneOf(
    attachments.map(({ compute }): ComputeAddress => compute),
    written,
    'attached target',
  );
}

type FollowCall = Pick<AppCall<Record<string, never>>, 'door' | 'say' | 'surroundings'> & {
  readonly args: {
    readonly wait: boolean;
    readonly timeout?: string | undefined;
    readonly key?: string | undefined;
  };
};

/** Sends a change and follows it, unless that was not wanted. */
async function change({ args, door, say, surroundings }: FollowCall, path: string, body?: object) {
  const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
  const key = args.key ?? surroundings.newKey();
  const asked = bodyOf<AttachmentChange>(await door.call('POST', path, body, key), attachmentFlagNames);
  const ended = args.wait ? await followChange(door, asked, surroundings, timeoutMs) : asked;
  say(ended, () => changeText(ended, surroundings.look));
  return exitOf(ended);
}

const list = appCommand({
  name: 'list',
  description: 'What is attached in the whole fleet, and what is attached twice (admins)',
  args: {
    workspace: { type: 'string', valueHint: 'NAME', description: 'Only those of this workspace' },
    kind: { type: 'string', valueHint: 'KIND', description: 'Only those of this kind' },
    changes: { type: 'boolean', description: 'Instead: changes that were asked for, the newest first' },
  },
  examples: ['lamplighter attachment list', 'lamplighter attachment list --changes --json'],
  async act({ args, door, say, surroundings }) {
    const isWanted = ({ compute, kind }: { compute: ComputeAddress; kind?: string }): boolean =>
      (args.workspace === undefined || compute.workspace.toLowerCase() === args.workspace.toLowerCase()) &&
      (args.kind === undefined || kind === undefined || kind.toLowerCase() === args.kind.toLowerCase());
    if (args.changes === true) {
      const body = bodyOf<{ attachments: readonly AttachmentChange[] }>(
        await door.call('GET', '/api/attachments?limit=200'),
      );
      const changes = body.attachments.filter((one) => isWanted(one));
      say({ changes }, () => changeTable(changes, surroundings.look));
      return 0;
    }
    const attachments = (await readTargets(door)).attachments.filter(isWanted);
    say({ attachments }, () => attachmentTable(attachments, surroundings.look));
    if (attachments.length === 0 && args.json !== true)
      surroundings.stderr.write('No such target is attached.\n');
    return 0;
  },
});

const notAttached = (ref: ComputeRef): LamplighterError =>
  new LamplighterError(
    `Lamplighter has seen no attached target ${ref.compute} in workspace ${ref.workspace}.`,
    {
      code: 'compute.not-found',
      fault: 'caller',
      field: 'target',
      fix: '"lamplighter attachment list" says what is attached; a new one is known after the next sweep.',
    },
  );
const isChangeId = (text: string): boolean => /^a[0-9a-f]{24}$/.test(text);

const show = appCommand({
  name: 'show',
  description: 'One attached target, or how a change goes (admins)',
  args: {
    target: { ...target, description: `${target.description}; or the id of a change` },
    wait: { type: 'boolean', description: 'Of a change: follow it to its end' },
    timeout: following.timeout,
  },
  examples: [
    'lamplighter attachment show dbx',
    'lamplighter attachment show a0123456789abcdef01234567 --wait',
  ],
  exits,
  async act({ args, door, say, surroundings }) {
    if (isChangeId(args.target)) {
      const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
      const seen = bodyOf<AttachmentChange>(await door.call('GET', `/api/attachments/${args.target}`));
      const last = args.wait === true ? await followChange(door, seen, surroundings, timeoutMs) : seen;
      say(last, () => changeText(last, surroundings.look));
      return exitOf(last);
    }
    const ref = await findAttachment(door, args.target);
    const { attachments } = await readTargets(door);
    const isIt = ({ compute }: Attachment) => computeKey(parseComputeRef(compute)) === computeKey(ref);
    const found = attachments.find(isIt);
    if (found === undefined) throw notAttached(ref);
    say(found, () => attachmentText(found, surroundings.look));
    return 0;
  },
});

const attach = appCommand({
  name: 'attach',
  description: 'Attaches a target to a workspace once it breaks no rule (admins)',
  args: {
    workspace: {
      type: 'string',
      required: true,
      valueHint: 'NAME',
      description: 'Name or ARM id of the workspace',
    },
    name: {
      type: 'string',
      required: true,
      valueHint: 'NAME',
      description: 'What the target is to be called there',
    },
    kind: {
      type: 'string',
      required: true,
      valueHint: 'KIND',
      description: 'As "lamplighter target list" lists them',
    },
    ...attachmentFlags,
    region: {
      type: 'string',
      valueHint: 'REGION',
      description: 'Region of the resource, where the kind wants it',
    },
    'local-auth': {
      type: 'string',
      valueHint: 'yes|no',
      description: 'Keys and passwords at the target; left out: yes',
    },
    description: { type: 'string', valueHint: 'TEXT', description: 'Shown in the studio' },
    ...following,
  },
  examples: [
    'lamplighter attachment attach --workspace ml-team --name dbx --kind Databricks --resource-id /subscriptions/…/workspaces/dbx --secret accessToken=https://team.vault.azure.net/secrets/dbx',
    'lamplighter attachment attach --workspace ml-team --name k8s --kind Kubernetes --resource-id /subscriptions/…/managedClusters/k8s --property namespace=ml',
  ],
  exits,
  act: (call) => {
    const { args, rawArgs } = call;
    const localAuth = yesOrNo('local-auth', args['local-auth']);
    const resourceId = args['resource-id'];
    return change(call, '/api/attachments', {
      workspace: args.workspace,
      name: args.name,
      kind: args.kind,
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(args.region === undefined ? {} : { region: args.region }),
      ...(localAuth === undefined ? {} : { localAuth }),
      ...(args.description === undefined ? {} : { description: args.description }),
      properties: propertiesOf(rawArgs),
      tags: pairsOf('tag', rawArgs),
      secrets: secretsOf('secret', rawArgs),
    });
  },
});

const detach = appCommand({
  name: 'detach',
  description: 'Takes a target off its workspace if nothing uses it; what it points at stays (admins)',
  args: { target, ...following },
  examples: ['lamplighter attachment detach dbx', 'lamplighter attachment detach ml-team/dbx --no-wait'],
  exits,
  act: async (call) =>
    change(call, `${computePath(await findAttachment(call.door, call.args.target))}/detach`),
});

const reattach = appCommand({
  name: 'reattach',
  description:
    'Detaches a target and attaches it again with changes; puts the old one back if that fails (admins)',
  args: {
    target,
    ...attachmentFlags,
    'local-auth': { type: 'string', valueHint: 'yes|no', description: 'Keys and passwords at the target' },
    'old-secret': {
      type: 'string',
      valueHint: 'NAME=ADDRESS',
      description: 'Where a secret of the old attachment lies, to put it back with; may be repeated',
    },
    'one-way': { type: 'boolean', description: 'Go on although the old attachment could not be put back' },
    ...following,
  },
  examples: [
    'lamplighter attachment reattach dbx --secret accessToken=https://team.vault.azure.net/secrets/new --old-secret accessToken=https://team.vault.azure.net/secrets/old',
  ],
  exits,
  async act(call) {
    const { args, rawArgs, door } = call;
    const localAuth = yesOrNo('local-auth', args['local-auth']);
    const resourceId = args['resource-id'];
    const tags = pairsOf('tag', rawArgs);
    const body = {
      ...(resourceId === undefined ? {} : { resourceId }),
      ...(localAuth === undefined ? {} : { localAuth }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
      properties: propertiesOf(rawArgs),
      secrets: secretsOf('secret', rawArgs),
      oldSecrets: secretsOf('old-secret', rawArgs),
      noWayBack: args['one-way'] === true,
    };
    return change(call, `${computePath(await findAttachment(door, args.target))}/reattach`, body);
  },
});

const meta: HelpfulMeta = {
  name: 'attachment',
  description: 'See, attach, detach and change attached compute targets',
  examples: ['lamplighter attachment list', 'lamplighter attachment detach ml-team/dbx'],
};

/** Attached targets, and changes of them. */
export const attachment = defineCommand({ meta, subCommands: { list, show, attach, detach, reattach } });
