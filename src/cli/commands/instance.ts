import { defineCommand } from 'citty';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { computePath } from '../door/compute-path.ts';
import { findCompute } from '../door/find-compute.ts';
import { readComputes } from '../door/read-computes.ts';
import { durationOf } from '../flag-values.ts';
import { actOnInstance, followState, hasArrived, type InstanceVerb } from '../instance/act-on-instance.ts';
import { confirmName } from '../instance/confirm-name.ts';
import { type ComputeWithHistory, instanceTable, instanceText } from '../instance/instance-text.ts';
import type { InstanceView } from '../../present/json/instance-view.ts';
import { recreate, resize } from '../instance/recreate-commands.ts';
import { instanceWord } from '../instance/instance-word.ts';
import { tellNoneOfYours } from '../instance/none-of-yours.ts';

const waiting = {
  wait: { type: 'boolean', description: 'Follow its state until it has arrived' },
  timeout: { type: 'string', valueHint: '20m', description: 'With --wait: give up following after so long' },
} as const;
const waitExits = {
  0: 'accepted; with --wait: arrived',
  1: 'an error; nothing was done',
  2: 'with --wait: it did not arrive, or not in time',
} as const;

const list = appCommand({
  name: 'list',
  description: 'Your instances as the latest sweep saw them: state, decision and why',
  args: {
    all: { type: 'boolean', description: 'Everybody’s (admins only)' },
    workspace: { type: 'string', valueHint: 'NAME', description: 'Only those of this workspace' },
    state: { type: 'string', valueHint: 'STATE', description: 'Only those in this state, such as running' },
  },
  examples: [
    'lamplighter instance list',
    'lamplighter instance list --all --workspace vision-research --state stopped',
    'lamplighter instance list --json | jq -r ".computes[].compute"',
  ],
  async act({ args, door, say, surroundings }) {
    const found = await readComputes(door, {
      ...(args.all === true ? {} : { mine: 'true' }),
      ...(args.workspace === undefined ? {} : { workspace: args.workspace }),
    });
    const wanted = args.state?.toLowerCase();
    const computes = found.filter(({ state }) => wanted === undefined || state?.toLowerCase() === wanted);
    say({ computes }, () => instanceTable(computes, args.all === true, surroundings.look));
    if (args.json !== true) await tellNoneOfYours(door, surroundings, args, computes.length, found.length);
    return 0;
  },
});

const show = appCommand({
  name: 'show',
  description: 'One instance: state, addresses, SSH, applications, decision, next scheduled stop, cost',
  args: instanceWord,
  examples: ['lamplighter instance show ci-priya-dev', 'lamplighter instance show ml-team/ci-ada --json'],
  async act({ args, door, say, surroundings }) {
    const path = computePath(await findCompute(door, args.instance));
    const instance = bodyOf<InstanceView>(await door.call('GET', `${path}/details`));
    const seen = await door.call('GET', path);
    // No sweep has looked at what was made a moment ago.
    const known = seen.status === 404 ? null : bodyOf<ComputeWithHistory>(seen);
    const facts = known === null ? null : { ...known, formatVersion: undefined };
    say({ ...instance, known: facts }, () => instanceText(instance, known, surroundings.look));
    return 0;
  },
});

const verb = (name: Exclude<InstanceVerb, 'delete'>, description: string) =>
  appCommand({
    name,
    description,
    args: { ...instanceWord, ...waiting },
    examples: [
      `lamplighter instance ${name} ci-priya-dev`,
      `lamplighter instance ${name} ml-team/ci-ada --wait`,
    ],
    exits: waitExits,
    act: (call) => act(name, call),
  });

const deletion =
  'is deleted for good: its OS disk, /tmp and installed packages go. Files on the workspace share stay.';

const remove = appCommand({
  name: 'delete',
  description:
    'Deletes an instance for good: OS disk, /tmp and installed packages go, files on the workspace share stay',
  args: {
    ...instanceWord,
    confirm: { type: 'string', valueHint: 'NAME', description: 'Its name once more; else it is asked for' },
    ...waiting,
  },
  examples: [
    'lamplighter instance delete ci-priya-dev',
    'lamplighter instance delete ci-priya-dev --confirm ci-priya-dev --wait',
  ],
  exits: waitExits,
  act: (call) => act('delete', call),
});

type ActCall = Pick<
  Parameters<Parameters<typeof appCommand>[0]['act']>[0],
  'door' | 'say' | 'surroundings'
> & {
  readonly args: {
    readonly instance: string;
    readonly confirm?: string | undefined;
    readonly wait?: boolean | undefined;
    readonly timeout?: string | undefined;
  };
};

async function act(name: InstanceVerb, { args, door, say, surroundings }: ActCall): Promise<number> {
  const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
  const ref = await findCompute(door, args.instance);
  if (name === 'delete') await confirmName(ref, args.confirm, deletion, surroundings);
  const acted = await actOnInstance(door, name, ref, surroundings.newKey());
  if (args.wait !== true) {
    say(acted, () => `${ref.compute}: ${acted.already ? `already ${acted.state}` : acted.sentence}\n`);
    return 0;
  }
  const { state } = await followState(door, acted, ref, surroundings, timeoutMs);
  const done = hasArrived(name, { state });
  say({ ...acted, state, arrived: done }, () =>
    done
      ? `${ref.compute} is ${state}.\n`
      : `${ref.compute} is ${state ?? 'in a state not known'}, and not where it should be.\n`,
  );
  return done ? 0 : 2;
}

const meta: HelpfulMeta = {
  name: 'instance',
  description: 'See and operate compute instances',
  examples: ['lamplighter instance list', 'lamplighter instance start ci-priya-dev --wait'],
};

/** The instances that somebody may see, and what can be done with each. */
export const instance = defineCommand({
  meta,
  subCommands: {
    list,
    show,
    start: verb('start', 'Starts an instance'),
    stop: verb('stop', 'Stops an instance at once, without a warning'),
    restart: verb('restart', 'Restarts an instance'),
    delete: remove,
    resize,
    recreate,
  },
});
