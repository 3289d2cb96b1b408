import { appCommand } from '../app-command.ts';
import { computePath } from '../door/compute-path.ts';
import { pairsOf, yesOrNo } from '../flag-values.ts';
import { attachmentFlags, propertiesOf, secretsOf } from './attachment-flags.ts';
import { changeAttachment, changeExits, changeFlags } from './change-attachment.ts';
import { findAttachment, targetWord } from './find-attachment.ts';

export const attach = appCommand({
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
    ...changeFlags,
  },
  examples: [
    'lamplighter attachment attach --workspace ml-team --name dbx --kind Databricks --resource-id /subscriptions/…/workspaces/dbx --secret accessToken=https://team.vault.azure.net/secrets/dbx',
    'lamplighter attachment attach --workspace ml-team --name k8s --kind Kubernetes --resource-id /subscriptions/…/managedClusters/k8s --property namespace=ml',
  ],
  exits: changeExits,
  act: (call) => {
    const { args, rawArgs } = call;
    const localAuth = yesOrNo('local-auth', args['local-auth']);
    const resourceId = args['resource-id'];
    return changeAttachment(call, '/api/attachments', {
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

export const detach = appCommand({
  name: 'detach',
  description: 'Takes a target off its workspace if nothing uses it; what it points at stays (admins)',
  args: { target: targetWord, ...changeFlags },
  examples: ['lamplighter attachment detach dbx', 'lamplighter attachment detach ml-team/dbx --no-wait'],
  exits: changeExits,
  act: async (call) =>
    changeAttachment(call, `${computePath(await findAttachment(call.door, call.args.target))}/detach`),
});

export const reattach = appCommand({
  name: 'reattach',
  description:
    'Detaches a target and attaches it again with changes; puts the old one back if that fails (admins)',
  args: {
    target: targetWord,
    ...attachmentFlags,
    'local-auth': { type: 'string', valueHint: 'yes|no', description: 'Keys and passwords at the target' },
    'old-secret': {
      type: 'string',
      valueHint: 'NAME=ADDRESS',
      description: 'Where a secret of the old attachment lies, to put it back with; may be repeated',
    },
    'one-way': { type: 'boolean', description: 'Go on although the old attachment could not be put back' },
    ...changeFlags,
  },
  examples: [
    'lamplighter attachment reattach dbx --secret accessToken=https://team.vault.azure.net/secrets/new --old-secret accessToken=https://team.vault.azure.net/secrets/old',
  ],
  exits: changeExits,
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
    return changeAttachment(call, `${computePath(await findAttachment(door, args.target))}/reattach`, body);
  },
});
