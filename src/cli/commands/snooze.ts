import { appCommand } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { computePath } from '../door/compute-path.ts';
import { findCompute } from '../door/find-compute.ts';
import { badFlag, durationOf } from '../flag-values.ts';
import { momentText } from '../moment-text.ts';
import { instanceWord } from '../instance/instance-word.ts';

type Snoozed = {
  readonly snooze: { readonly until: string; readonly by: string };
  readonly withdrawn: number;
  readonly tooLate: boolean;
  readonly notice: string | null;
};

/** "Not now". */
export const snooze = appCommand({
  name: 'snooze',
  description: 'Leaves an instance running for so long, whatever it does',
  args: {
    ...instanceWord,
    for: { type: 'string', valueHint: '2h', description: 'Counted from now: 45m, 2h, 1h30m, 1d' },
    night: {
      type: 'boolean',
      description: 'Instead of --for: past the next stop of its schedules, until the start after it',
    },
  },
  examples: [
    'lamplighter snooze ci-priya-dev --for 2h',
    'lamplighter snooze vision-research/ci-priya-dev --night',
  ],
  async act({ args, door, say, surroundings }) {
    if ((args.for === undefined) === (args.night !== true)) {
      throw badFlag('For how long is not said, or said twice.', 'for', 'Give --for 2h, or --night.');
    }
    if (args.for !== undefined) durationOf('for', args.for);
    const ref = await findCompute(door, args.instance);
    const body = args.for === undefined ? { until: 'next-start' } : { for: args.for };
    const done = bodyOf<Snoozed>(
      await door.call('POST', `${computePath(ref)}/snooze`, body, surroundings.newKey()),
      { for: '--for', until: '--night' },
    );
    const withdrawn = done.withdrawn > 0 ? ' Its warning is taken back.' : '';
    const late = done.tooLate ? ' A stop had been asked for before; start it again if it goes.' : '';
    say(
      { ...done, compute: ref.compute, workspace: ref.workspace },
      () =>
        `${ref.compute} is left running until ${momentText(done.snooze.until)}.${withdrawn}${late}${done.notice === null ? '' : ` ${done.notice}`}\n`,
    );
    return done.tooLate ? 2 : 0;
  },
  exits: { 0: 'snoozed', 1: 'an error', 2: 'snoozed, yet a stop had been asked for before' },
});

/** Takes it back. */
export const unsnooze = appCommand({
  name: 'unsnooze',
  description: 'Ends a snooze: the instance is judged like any other again',
  args: instanceWord,
  examples: ['lamplighter unsnooze ci-priya-dev'],
  async act({ args, door, say }) {
    const ref = await findCompute(door, args.instance);
    const done = bodyOf<{ readonly ended: boolean }>(await door.call('DELETE', `${computePath(ref)}/snooze`));
    say({ ...done, compute: ref.compute, workspace: ref.workspace }, () =>
      done.ended ? `The snooze of ${ref.compute} has ended.\n` : `${ref.compute} was not snoozed.\n`,
    );
    return 0;
  },
});
