import { appCommand } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { computePath } from '../door/compute-path.ts';
import { findCompute } from '../door/find-compute.ts';
import { instanceWord } from '../instance/instance-word.ts';
import { momentText } from '../moment-text.ts';

/** "I was using it." */
export const regret = appCommand({
  name: 'regret',
  description:
    'Says that Lamplighter’s last stop of an instance was wrong; too many of them and it only warns',
  args: instanceWord,
  examples: ['lamplighter regret ci-priya-dev'],
  async act({ args, door, say, surroundings }) {
    const ref = await findCompute(door, args.instance);
    const done = bodyOf<{ readonly stoppedAt: string; readonly regrettedAt: string }>(
      await door.call('POST', `${computePath(ref)}/regret`, undefined, surroundings.newKey()),
    );
    say(
      { ...done, compute: ref.compute, workspace: ref.workspace },
      () => `The stop of ${ref.compute} at ${momentText(done.stoppedAt)} counts as one that was wrong.\n`,
    );
    return 0;
  },
});
