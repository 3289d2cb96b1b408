import { defineCommand } from 'citty';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { badFlag } from '../flag-values.ts';
import { checkText, quotaText } from '../quota/quota-text.ts';
import type { MachineCheckView } from '../../present/json/machine-check-view.ts';
import type { QuotaView } from '../../present/json/quota-view.ts';

const workspace = {
  type: 'string',
  required: true,
  valueHint: 'NAME',
  description: 'Name or ARM id of the workspace',
} as const;

const show = appCommand({
  name: 'show',
  description: 'Where limits stand: your own and your teams’; for admins all of them, and Azure’s',
  args: {},
  examples: [
    'lamplighter quota show',
    'lamplighter quota show --json | jq ".limits[] | select(.state != \\"within\\")"',
  ],
  async act({ door, say, surroundings }) {
    const standing = bodyOf<QuotaView>(await door.call('GET', '/api/quota'));
    say(standing, () => quotaText(standing, surroundings.look));
    return 0;
  },
});

const check = appCommand({
  name: 'check',
  description: 'What a request for such a machine would meet; nothing is reserved',
  args: {
    workspace,
    size: {
      type: 'string',
      required: true,
      valueHint: 'SIZE',
      description: 'VM size, such as Standard_DS3_v2',
    },
    for: {
      type: 'string',
      valueHint: 'OBJECT-ID',
      description: 'Whoever it is for, if not you (admins only)',
    },
  },
  examples: ['lamplighter quota check --workspace ml-team --size Standard_NC6s_v3'],
  exits: { 0: 'it would be granted', 1: 'an error', 2: 'it would need approval, or be refused' },
  async act({ args, door, say, surroundings }) {
    const wish = {
      workspace: args.workspace,
      vmSize: args.size,
      ...(args.for === undefined ? {} : { for: args.for }),
    };
    const flags = { workspace: '--workspace', vmSize: '--size', for: '--for' };
    const found = bodyOf<MachineCheckView>(await door.call('POST', '/api/quota/check', wish), flags);
    say(found, () => checkText(found, surroundings.look));
    return found.outcome === 'granted' ? 0 : 2;
  },
});

type SetQuota = {
  readonly workspace: string;
  readonly family: string;
  readonly cores: number;
  readonly before: number | null;
  readonly status: string;
};

const set = appCommand({
  name: 'set',
  description: 'Sets Azure’s own limit of cores of one family in one workspace (admins)',
  args: {
    workspace,
    family: {
      type: 'string',
      required: true,
      valueHint: 'FAMILY',
      description: 'VM family, such as standardDSv2Family',
    },
    cores: { type: 'string', required: true, valueHint: 'N', description: 'Dedicated cores it may hold' },
    why: { type: 'string', valueHint: 'TEXT', description: 'Why, for those who wonder' },
  },
  examples: [
    'lamplighter quota set --workspace ml-team --family standardDSv2Family --cores 48 --why "new colleague"',
  ],
  exits: { 0: 'Azure has taken it', 1: 'an error; nothing was set' },
  async act({ args, door, say }) {
    if (!/^\d{1,7}$/.test(args.cores)) {
      throw badFlag(
        `--cores ${JSON.stringify(args.cores.slice(0, 40))} is no number of cores.`,
        'cores',
        'Give a whole number, such as 48.',
      );
    }
    const { family } = args;
    const wish = {
      workspace: args.workspace,
      family,
      cores: Number(args.cores),
      ...(args.why === undefined ? {} : { why: args.why }),
    };
    const flags = { workspace: '--workspace', family: '--family', cores: '--cores', why: '--why' };
    const done = bodyOf<SetQuota>(await door.call('PUT', '/api/quota/azure', wish), flags);
    const before = done.before === null ? 'it had none of its own' : `it was ${done.before}`;
    say(done, () => `${done.workspace} may hold ${done.cores} cores of ${done.family} now (${before}).\n`);
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'quota',
  description: 'See limits, ask what a machine would meet, set Azure’s quota of a workspace',
  examples: ['lamplighter quota show', 'lamplighter quota check --workspace ml-team --size Standard_NC6s_v3'],
};

/** Limits: the policy's and Azure's. */
export const quota = defineCommand({ meta, subCommands: { show, check, set } });
