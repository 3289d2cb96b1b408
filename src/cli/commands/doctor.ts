import { defineCommand } from 'citty';
import { azureFlags } from '../azure/callers-settings.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { actDoctor } from '../doctor/act-doctor.ts';
import type { Surroundings } from '../surroundings.ts';

const meta: HelpfulMeta = {
  name: 'doctor',
  description:
    'Whether everything is there: of a deployed Lamplighter (--url), else of your own sign-in. Writes nothing',
  examples: [
    'lamplighter doctor',
    'lamplighter doctor --url https://lamplighter.example --audience api://lamplighter',
    'lamplighter doctor --settings .lamplighter/settings.env',
    'lamplighter doctor --probe --compute vision-research/ci-priya-dev',
    'lamplighter doctor --own --subscription 11111111-0000-4000-8000-000000000001 --json',
  ],
  exits: {
    0: 'all is well; with --probe: every question is settled',
    1: 'it cannot be tested',
    2: 'something is missing; with --probe: a question stays open',
  },
};

export const doctor = defineCommand({
  meta,
  args: {
    url: {
      type: 'string',
      valueHint: 'URL',
      description: 'Where a deployed Lamplighter is (or LAMPLIGHTER_URL): it tests itself; for admins',
    },
    audience: {
      type: 'string',
      valueHint: 'ID',
      description:
        'Whom its tokens are made for (or LAMPLIGHTER_AUDIENCE); LAMPLIGHTER_TOKEN holds a token itself',
    },
    own: { type: 'boolean', description: 'Test your own sign-in, also where LAMPLIGHTER_URL is set' },
    probe: {
      type: 'boolean',
      description: 'Settle by reads on a live workspace what no documentation of Azure does',
    },
    compute: {
      type: 'string',
      valueHint: 'NAME',
      description: 'With --probe: the instance whose workspace is asked, as "explain" takes it',
    },
    subscription: azureFlags.subscription,
    workspace: azureFlags.workspace,
    settings: azureFlags.settings,
    json: { type: 'boolean', description: 'JSON with a formatVersion instead of text, faults on stderr too' },
  },
  run: ({ args, data }) => actDoctor(args, data as Surroundings),
});
