import { defineCommand } from 'citty';
import type { CampaignComputeView, CampaignView } from '../../present/json/campaign-view.ts';
import { appCommand } from '../app-command.ts';
import { answerText, campaignTable, campaignText, type WholeCampaign } from '../campaign/campaign-text.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import type { AppDoor } from '../door/app-door.ts';
import { parseWrittenCompute } from '../door/compute-path.ts';
import { oneOf } from '../door/find-compute.ts';
import { bodyOf } from '../door/problem.ts';
import { badFlag, pairsOf } from '../flag-values.ts';
import { computeArmId, type ComputeRef } from '../../core/ids.ts';
import { confirmName } from '../instance/confirm-name.ts';
import { instanceWord } from '../instance/instance-word.ts';
import { recreateBody, recreateFlagNames, recreateFlags, remaking } from '../instance/recreate-flags.ts';

const id = { type: 'positional', required: true, description: 'Id of the campaign' } as const;
const pathOf = (campaignId: string): string => `/api/campaigns/${encodeURIComponent(campaignId)}`;
const newFlags = {
  match: '--match',
  imageOlderThan: '--image-older-than',
  deadline: '--deadline',
  remindBefore: '--remind-before',
  why: '--why',
};

const readWhole = async (door: AppDoor, campaignId: string): Promise<WholeCampaign> =>
  bodyOf<WholeCampaign>(await door.call('GET', pathOf(campaignId)));

/** `key=glob` pairs; several globs of a key with commas. */
function matchOf(rawArgs: readonly string[]): object {
  const pairs = Object.entries(pairsOf('match', rawArgs));
  if (pairs.length === 0) {
    throw badFlag(
      'Which instances is not said.',
      'match',
      'Give --match KEY=GLOB, such as --match compute=*.',
    );
  }
  return Object.fromEntries(
    pairs.map(([key, text]) => {
      if (key === 'gpu' && /^(true|false)$/.test(text)) return [key, text === 'true'];
      if (key.startsWith('tag.')) return ['tag', { [key.slice(4)]: text }];
      return [key, text.includes(',') ? text.split(',') : text];
    }),
  );
}

const make = appCommand({
  name: 'new',
  description: 'Asks the owners of instances with old OS images whether these may be made anew (admins only)',
  args: {
    match: {
      type: 'string',
      valueHint: 'KEY=GLOB',
      description: 'As in the policy: compute, workspace, team, tag.NAME …; may be repeated',
    },
    'image-older-than': {
      type: 'string',
      valueHint: '90d',
      description: 'Left out: images.maxAge of the policy',
    },
    deadline: {
      type: 'string',
      required: true,
      valueHint: 'DATE',
      description: 'A date (its end, UTC) or an instant with its offset',
    },
    'remind-before': { type: 'string', valueHint: '48h', description: 'When before the deadline to remind' },
    why: { type: 'string', required: true, valueHint: 'TEXT', description: 'For the owners' },
    key: { type: 'string', valueHint: 'KEY', description: 'The same key again is the same campaign' },
  },
  examples: [
    'lamplighter campaign new --match "compute=*" --deadline 2026-06-30 --why "old images miss security updates"',
    'lamplighter campaign new --match team=vision --match gpu=true --image-older-than 60d --deadline 2026-06-30 --why CVE-2026-1',
  ],
  async act({ args, rawArgs, door, say, surroundings }) {
    const body = {
      match: matchOf(rawArgs),
      deadline: args.deadline,
      why: args.why,
      ...(args['image-older-than'] === undefined ? {} : { imageOlderThan: args['image-older-than'] }),
      ...(args['remind-before'] === undefined ? {} : { remindBefore: args['remind-before'] }),
    };
    const key = args.key ?? surroundings.newKey();
    const campaign = bodyOf<WholeCampaign>(await door.call('POST', '/api/campaigns', body, key), newFlags);
    say(campaign, () => campaignText(campaign, surroundings.look));
    return 0;
  },
});

const list = appCommand({
  name: 'list',
  description: 'Campaigns that ask something of you, for admins all',
  args: {},
  examples: ['lamplighter campaign list', 'lamplighter campaign list --json'],
  async act({ args, door, say, surroundings }) {
    const body = bodyOf<{ campaigns: readonly CampaignView[] }>(await door.call('GET', '/api/campaigns'));
    say(body, () => campaignTable(body.campaigns, surroundings.look));
    if (body.campaigns.length === 0 && args.json !== true)
      surroundings.stderr.write('No campaign asks anything of you.\n');
    return 0;
  },
});

const show = appCommand({
  name: 'show',
  description: 'A campaign and where each instance stands: yours, for admins all',
  args: { id },
  examples: ['lamplighter campaign show k0123'],
  async act({ args, door, say, surroundings }) {
    const campaign = await readWhole(door, args.id);
    say(campaign, () => campaignText(campaign, surroundings.look));
    return 0;
  },
});

/** The instance of the campaign that is meant. Throws `cli.ambiguous` or `compute.not-found`. */
async function instanceOf(door: AppDoor, campaignId: string, text: string): Promise<ComputeRef> {
  const written = parseWrittenCompute(text);
  if (written.kind === 'address') return written.ref;
  return oneOf((await readWhole(door, campaignId)).computes, written, 'instance');
}

const consent = appCommand({
  name: 'consent',
  description: 'Consents to your instance being deleted and made anew, once it is quiet',
  args: {
    id,
    ...instanceWord,
    at: {
      type: 'string',
      valueHint: 'INSTANT',
      description: 'From when on, such as 2026-03-09T18:00:00+01:00; left out: now',
    },
    ...recreateFlags,
  },
  examples: [
    'lamplighter campaign consent k0123 ci-priya-dev',
    'lamplighter campaign consent k0123 ci-priya-dev --at 2026-03-09T18:00:00+01:00 --confirm ci-priya-dev',
  ],
  async act({ args, rawArgs, door, say, surroundings }) {
    const ref = await instanceOf(door, args.id, args.instance);
    await confirmName(ref, args.confirm, remaking, surroundings);
    const body = {
      compute: computeArmId(ref),
      ...(args.at === undefined ? {} : { at: args.at }),
      ...recreateBody(ref.compute, args, rawArgs),
    };
    const reply = await door.call('POST', `${pathOf(args.id)}/consent`, body);
    const answered = bodyOf<CampaignComputeView>(reply, recreateFlagNames);
    say(answered, () => answerText(answered));
    return 0;
  },
});

const refuse = appCommand({
  name: 'refuse',
  description: 'Refuses to have your instance made anew; it stays as it is',
  args: { id, ...instanceWord, why: { type: 'string', valueHint: 'TEXT', description: 'For the admins' } },
  examples: ['lamplighter campaign refuse k0123 ci-priya-dev --why "a run until Friday"'],
  async act({ args, door, say }) {
    const ref = await instanceOf(door, args.id, args.instance);
    const body = { compute: computeArmId(ref), ...(args.why === undefined ? {} : { why: args.why }) };
    const reply = await door.call('POST', `${pathOf(args.id)}/refuse`, body);
    const answered = bodyOf<CampaignComputeView>(reply, recreateFlagNames);
    say(answered, () => answerText(answered));
    return 0;
  },
});

const end = appCommand({
  name: 'end',
  description: 'Ends a campaign before its deadline: nothing more is begun (admins only)',
  args: { id },
  examples: ['lamplighter campaign end k0123'],
  async act({ args, door, say }) {
    const campaign = bodyOf<CampaignView>(await door.call('POST', `${pathOf(args.id)}/end`));
    say(campaign, () => `Campaign ${campaign.campaignId} has ended.\n`);
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'campaign',
  description: 'Have instances with old OS images made anew, with their owners’ consent',
  examples: ['lamplighter campaign list', 'lamplighter campaign consent k0123 ci-priya-dev'],
};

/** Campaigns for new OS images: the admin’s side and the owners’. */
export const campaign = defineCommand({
  meta,
  subCommands: { new: make, list, show, consent, refuse, end },
});
