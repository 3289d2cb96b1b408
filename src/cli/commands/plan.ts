import { defineCommand } from 'citty';
import { azureFlags } from '../azure/callers-settings.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { actPlan } from '../plan/act-plan.ts';
import type { Surroundings } from '../surroundings.ts';

const meta: HelpfulMeta = {
  name: 'plan',
  description:
    'What Lamplighter would do now, with your own "az login": it needs no deployment, and writes nothing, ever',
  examples: [
    'lamplighter plan',
    'lamplighter plan --policy my-policy.yaml --explain',
    'lamplighter plan --subscription 11111111-0000-4000-8000-000000000001 --workspace rg-vision/vision-research',
    'lamplighter plan --ledger https://ACCOUNT.table.core.windows.net --changes',
    'lamplighter plan --settings .lamplighter/settings.env',
    'lamplighter plan --json | jq ".counts"',
  ],
  exits: {
    0: 'nothing to do',
    1: 'an error, or nothing to do where not everything could be read',
    2: 'there is something to do, also where only the mode, a halt or a brake stands in the way',
  },
};

export const plan = defineCommand({
  meta,
  args: {
    ...azureFlags,
    explain: { type: 'boolean', description: 'The sentence of each decision beside it' },
    changes: { type: 'boolean', description: 'Only what would be done or is held back' },
    json: { type: 'boolean', description: 'JSON with a formatVersion instead of text, faults on stderr too' },
  },
  run: ({ args, data }) => actPlan(args, data as Surroundings),
});
