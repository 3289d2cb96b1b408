import { appCommand } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { badFlag } from '../flag-values.ts';
import { momentText } from '../moment-text.ts';

type Halt = {
  readonly halted: boolean;
  readonly since: string | null;
  readonly by: string | null;
  readonly why: string | null;
};

function haltText({ halted, since, by, why }: Halt): string {
  if (!halted) return 'Lamplighter works.\n';
  const because = why === null ? '' : `: ${why}`;
  return `Halted since ${momentText(since)} by ${by ?? 'somebody'}${because}. Nothing is written to Azure until "lamplighter resume".\n`;
}

/** Stops every write to Azure. */
export const halt = appCommand({
  name: 'halt',
  description: 'Writes nothing to Azure until resumed, workflows that run included (admins)',
  args: {
    why: { type: 'string', valueHint: 'TEXT', description: 'Why, for those who wonder' },
    show: { type: 'boolean', description: 'Only say whether work is halted, by whom and why (everybody)' },
  },
  examples: ['lamplighter halt --why "demo at noon"', 'lamplighter halt --show'],
  exits: { 0: 'halted; with --show: it is not halted', 1: 'an error', 2: 'with --show: it is halted' },
  async act({ args, door, say }) {
    if (args.show === true && args.why !== undefined) {
      throw badFlag('--show changes nothing, so --why has no use.', 'why', 'Leave one of them out.');
    }
    const reply =
      args.show === true
        ? await door.call('GET', '/api/halt')
        : await door.call('POST', '/api/halt', args.why === undefined ? {} : { why: args.why });
    const now = bodyOf<Halt>(reply, { why: '--why' });
    say(now, () => haltText(now));
    return args.show === true && now.halted ? 2 : 0;
  },
});

/** Takes up work again. */
export const resume = appCommand({
  name: 'resume',
  description: 'Takes up work again after a halt (admins)',
  args: {},
  examples: ['lamplighter resume'],
  async act({ door, say }) {
    const now = bodyOf<Halt>(await door.call('POST', '/api/resume'));
    say(now, () => haltText(now));
    return 0;
  },
});
