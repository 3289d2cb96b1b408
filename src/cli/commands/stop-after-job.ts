import { appCommand } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { computePath } from '../door/compute-path.ts';
import { findCompute } from '../door/find-compute.ts';
import { badFlag } from '../flag-values.ts';
import { instanceWord } from '../instance/instance-word.ts';
import { momentText } from '../moment-text.ts';

type Wish = {
  readonly job: string | null;
  readonly by: string;
  readonly until: string;
  readonly quietForMinutes: number;
  readonly outcome: string | null;
  readonly endedAt: string | null;
};

function wishText(name: string, wish: Wish | null): string {
  if (wish === null) return `Nobody has asked that ${name} be stopped after a job.\n`;
  const jobs = wish.job === null ? 'its jobs' : `job ${wish.job}`;
  return wish.outcome === null
    ? `${name} is stopped after ${jobs}, once it has been quiet for ${wish.quietForMinutes} min; the wish holds until ${momentText(wish.until)}.\n`
    : `The wish to stop ${name} after ${jobs} is over since ${momentText(wish.endedAt)}: ${wish.outcome}.\n`;
}

/** "Stop it when my job has ended, and tell me". */
export const stopAfterJob = appCommand({
  name: 'stop-after-job',
  description: 'Stops an instance once its job has ended and it has been quiet since, and tells you',
  args: {
    ...instanceWord,
    job: {
      type: 'string',
      valueHint: 'NAME',
      description: 'A job on it that has not ended; left out: all of them',
    },
    'quiet-for': {
      type: 'string',
      valueHint: '10m',
      description: 'How long it has to be quiet after: 5m to 15m',
    },
    for: { type: 'string', valueHint: '7d', description: 'How long the wish holds at most: 15m to 30d' },
    show: { type: 'boolean', description: 'Only say what was wished last, and what became of it' },
    end: { type: 'boolean', description: 'Take the wish back' },
  },
  examples: [
    'lamplighter stop-after-job ci-priya-dev',
    'lamplighter stop-after-job ci-priya-dev --job brave_fox_1234 --for 2d',
    'lamplighter stop-after-job ci-priya-dev --end',
  ],
  async act({ args, door, say, surroundings }) {
    const wished = [args.job, args['quiet-for'], args.for].some((value) => value !== undefined);
    if ([wished, args.show === true, args.end === true].filter(Boolean).length > 1) {
      throw badFlag('--show, --end and a new wish do not go together.', 'show', 'Give one of them.');
    }
    const ref = await findCompute(door, args.instance);
    const path = `${computePath(ref)}/stop-after-job`;
    if (args.end === true) {
      const { ended } = bodyOf<{ ended: boolean }>(await door.call('DELETE', path));
      say({ ended }, () => (ended ? 'The wish is taken back.\n' : 'There was no wish to take back.\n'));
      return 0;
    }
    const body = {
      ...(args.job === undefined ? {} : { job: args.job }),
      ...(args['quiet-for'] === undefined ? {} : { quietFor: args['quiet-for'] }),
      ...(args.for === undefined ? {} : { for: args.for }),
    };
    const reply =
      args.show === true
        ? await door.call('GET', path)
        : await door.call('POST', path, body, surroundings.newKey());
    const flags = { job: '--job', quietFor: '--quiet-for', for: '--for' };
    const { stopAfterJob: wish } = bodyOf<{ stopAfterJob: Wish | null }>(reply, flags);
    say({ stopAfterJob: wish }, () => wishText(ref.compute, wish));
    return 0;
  },
});
