import { defineCommand } from 'citty';
import { azureFlags } from '../azure/callers-settings.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { actExplain } from '../explain/act-explain.ts';
import type { Surroundings } from '../surroundings.ts';

const meta: HelpfulMeta = {
  name: 'explain',
  description:
    'Why one instance would be kept or stopped now: evidence, rules tried, what would reset it, cost. Writes nothing',
  examples: [
    'lamplighter explain ci-priya-dev',
    'lamplighter explain vision-research/ci-priya-dev --policy my-policy.yaml',
    'lamplighter explain ci-priya-dev --ledger https://ACCOUNT.table.core.windows.net',
    'lamplighter explain ci-priya-dev --json | jq ".evidence"',
  ],
  exits: { 0: 'explained', 1: 'an error' },
};

export const explain = defineCommand({
  meta,
  args: {
    compute: {
      type: 'positional',
      required: true,
      description: 'NAME, WORKSPACE/NAME, GROUP/WORKSPACE/NAME, SUBSCRIPTION/GROUP/WORKSPACE/NAME or ARM id',
    },
    ...azureFlags,
    json: { type: 'boolean', description: 'JSON with a formatVersion instead of text, faults on stderr too' },
  },
  run: ({ args, data }) => actExplain(args, data as Surroundings),
});
