import { defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import { computeKey, type ComputeRef, parseComputeRef } from '../../core/ids.ts';
import type { ComputeAddress } from '../../present/json/compute-address.ts';
import { appCommand } from '../app-command.ts';
import { attach, detach, reattach } from '../attachment/attach-commands.ts';
import { attachmentTable, attachmentText, changeTable, changeText } from '../attachment/attachment-text.ts';
import { changeExits, changeFlags } from '../attachment/change-attachment.ts';
import { findAttachment, readTargets, targetWord } from '../attachment/find-attachment.ts';
import { exitOf, followChange } from '../attachment/follow-change.ts';
import type { AttachmentChangeView } from '../../present/json/attachment-change-view.ts';
import type { AttachmentView } from '../../present/json/targets-view.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf } from '../flag-values.ts';

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
      const body = bodyOf<{ attachments: readonly AttachmentChangeView[] }>(
        await door.call('GET', '/api/attachments?limit=200'),
      );
      const changes = body.attachments.filter((one) => isWanted(one));
      say({ changes }, () => changeTable(changes, surroundings.look));
      return 0;
    }
    const attachments = (await readTargets(door)).attachments.filter(isWanted);
    say({ attachments }, () => attachmentTable(attachments, surroundings.look));
    if (attachments.length === 0 && args.json !== true)
      surroundings.stderr.write(
        args.workspace === undefined && args.kind === undefined
          ? 'No target is attached.\n'
          : 'No such target is attached.\n',
      );
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
    target: { ...targetWord, description: `${targetWord.description}; or the id of a change` },
    wait: { type: 'boolean', description: 'Of a change: follow it to its end' },
    timeout: changeFlags.timeout,
  },
  examples: [
    'lamplighter attachment show dbx',
    'lamplighter attachment show a0123456789abcdef01234567 --wait',
  ],
  exits: changeExits,
  async act({ args, door, say, surroundings }) {
    if (isChangeId(args.target)) {
      const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
      const seen = bodyOf<AttachmentChangeView>(await door.call('GET', `/api/attachments/${args.target}`));
      const last = args.wait === true ? await followChange(door, seen, surroundings, timeoutMs) : seen;
      say(last, () => changeText(last, surroundings.look));
      return exitOf(last);
    }
    const ref = await findAttachment(door, args.target);
    const { attachments } = await readTargets(door);
    const isIt = ({ compute }: AttachmentView) => computeKey(parseComputeRef(compute)) === computeKey(ref);
    const found = attachments.find(isIt);
    if (found === undefined) throw notAttached(ref);
    say(found, () => attachmentText(found, surroundings.look));
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'attachment',
  description: 'See, attach, detach and change attached compute targets',
  examples: ['lamplighter attachment list', 'lamplighter attachment detach ml-team/dbx'],
};

/** Attached targets, and changes of them. */
export const attachment = defineCommand({ meta, subCommands: { list, show, attach, detach, reattach } });
