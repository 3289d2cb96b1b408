import { defineCommand } from 'citty';
import type { ComputeAddress } from '../../present/json/compute-address.ts';
import type { Look } from '../../present/table.ts';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { factsText } from '../facts-text.ts';
import { momentText } from '../moment-text.ts';

type Pending = {
  readonly hash: string;
  readonly at: string;
  readonly limit: number;
  readonly count: number;
  readonly computes: readonly ComputeAddress[];
  readonly text: string | null;
  readonly approvedBy: string | null;
};
type InForce = {
  readonly hash: string | null;
  readonly sinceAt: string | null;
  readonly approvedBy: string | null;
  readonly text: string | null;
  readonly pending: Pending | null;
};

function pendingText({ hash, count, limit, at, computes, approvedBy }: Pending): string {
  if (approvedBy !== null) {
    return `${hash}, approved by ${approvedBy}: it takes effect with the next sweep`;
  }
  const names = computes.map(({ workspace, compute }) => `${workspace}/${compute}`);
  const which = names.length === 0 ? '' : `: ${names.join(', ')}`;
  return `${hash} of ${momentText(at)} would newly warn ${count} computes, more than the ${limit} that may be at once${which}; "lamplighter policy approve ${hash}" lets it`;
}

function policyText({ hash, sinceAt, approvedBy, pending }: InForce, look: Look): string {
  return factsText(
    [
      ['Policy', hash ?? 'none was accepted yet: the defaults of an empty file hold, which observe'],
      ['Since', sinceAt === null ? null : momentText(sinceAt)],
      ['Approved by', approvedBy],
      ['Waiting', pending === null ? null : pendingText(pending)],
    ],
    look,
  );
}

const show = appCommand({
  name: 'show',
  description: 'The policy in force, and a changed one that waits for an admin',
  args: {
    text: { type: 'boolean', description: 'Only the text of the policy in force' },
    pending: { type: 'boolean', description: 'With --text: the text of the one that waits' },
  },
  examples: ['lamplighter policy show', 'lamplighter policy show --text > policy.yaml'],
  exits: { 0: 'nothing waits', 1: 'an error', 2: 'a changed policy waits for an admin' },
  async act({ args, door, say, surroundings }) {
    const now = bodyOf<InForce>(await door.call('GET', '/api/policy'));
    const shown = args.pending === true ? now.pending?.text : now.text;
    say(now, () => (args.text === true ? (shown ?? '') : policyText(now, surroundings.look)));
    return now.pending !== null && now.pending.approvedBy === null ? 2 : 0;
  },
});

const approve = appCommand({
  name: 'approve',
  description: 'Approves the changed policy with this hash; it takes effect with the next sweep (admins)',
  args: { hash: { type: 'positional', required: true, description: 'As "lamplighter policy show" says it' } },
  examples: ['lamplighter policy approve 0123456789abcdef'],
  async act({ args, door, say }) {
    const path = `/api/policy/approvals/${encodeURIComponent(args.hash)}`;
    const approved = bodyOf<Pending>(await door.call('POST', path));
    say(approved, () => `Policy ${pendingText(approved)}.\n`);
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'policy',
  description: 'See the policy in force, and approve a changed one that would warn many',
  examples: ['lamplighter policy show'],
};

/** The policy that decides, and the one that waits. */
export const policy = defineCommand({ meta, subCommands: { show, approve } });
