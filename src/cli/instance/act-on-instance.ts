import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import type { InstanceView } from '../../present/json/instance-view.ts';
import type { AppDoor } from '../door/app-door.ts';
import { computePath } from '../door/compute-path.ts';
import { bodyOf } from '../door/problem.ts';
import { follow } from '../follow.ts';
import type { Surroundings } from '../surroundings.ts';

export type InstanceVerb = 'start' | 'stop' | 'restart' | 'delete';
export type Acted = {
  readonly action: InstanceVerb;
  readonly compute: string;
  readonly workspace: string;
  readonly already: boolean;
  readonly state: string;
  readonly sentence: string;
};

/** What is left of an instance that Azure knows no more. */
const gone = 'Deleted';
const arrived: Readonly<Record<InstanceVerb, ReadonlySet<string>>> = {
  start: new Set(['running', 'jobrunning']),
  stop: new Set(['stopped']),
  restart: new Set(['running', 'jobrunning']),
  delete: new Set([gone.toLowerCase()]),
};
/** From these nothing comes by itself. */
const stuck: Readonly<Record<InstanceVerb, ReadonlySet<string>>> = {
  start: new Set(['setupfailed', 'createfailed', 'unusable', 'failed']),
  stop: new Set(['failed', 'unusable']),
  restart: new Set(['setupfailed', 'createfailed', 'unusable', 'failed', 'stopped']),
  delete: new Set([]),
};

type State = Pick<InstanceView, 'state'>;
const has = (states: ReadonlySet<string>, { state }: State): boolean =>
  states.has((state ?? '').toLowerCase());

export const hasArrived = (verb: InstanceVerb, view: State): boolean => has(arrived[verb], view);

/** Sends what is to be done with an instance; throws what stands against it. */
export async function actOnInstance(
  door: AppDoor,
  verb: InstanceVerb,
  ref: ComputeRef,
  key: string,
): Promise<Acted> {
  const path = computePath(ref);
  return verb === 'delete'
    ? bodyOf(await door.call('DELETE', `${path}?confirm=${encodeURIComponent(ref.compute)}`))
    : bodyOf(await door.call('POST', `${path}/${verb}`, undefined, key));
}

/** Follows the state until it is what was asked for, or cannot become so. Azure may show the old state for a moment. */
export async function followState(
  door: AppDoor,
  { action, state }: Acted,
  ref: ComputeRef,
  surroundings: Surroundings,
  timeoutMs: number | null,
): Promise<State> {
  let looks = 0;
  return follow<State>(door, { state }, surroundings, {
    path: `${computePath(ref)}/details`,
    isMoving: (view) => {
      looks += 1;
      // Right after a restart was accepted it may still be Running as before.
      if (action === 'restart' && looks === 1) return true;
      return !hasArrived(action, view) && !(looks > 3 && has(stuck[action], view));
    },
    text: (view) => `${ref.compute}: ${action} asked for, ${view.state ?? 'state not known'}`,
    otherwise: (reply) => {
      if (reply.status !== 404) return null;
      if (action === 'delete') return { state: gone };
      throw new LamplighterError(`${ref.compute} is gone while it was waited for.`, {
        code: 'compute.not-found',
        fault: 'caller',
        fix: '"lamplighter instance list" says what there is.',
      });
    },
    timeoutMs,
  });
}
