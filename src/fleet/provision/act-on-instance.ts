import type { Compute } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';

export type InstanceAction = 'start' | 'stop' | 'restart' | 'delete';
/** `already`: it is there, or on its way there; nothing was asked of Azure. */
export type ActedOnInstance = { readonly already: boolean; readonly state: string };

const goal: Readonly<Record<InstanceAction, ReadonlySet<string>>> = {
  start: new Set(['running', 'jobrunning', 'starting']),
  stop: new Set(['stopped', 'stopping']),
  restart: new Set(['restarting']),
  delete: new Set(['deleting']),
};

function refused(failure: AzureFailure, action: InstanceAction): LamplighterError {
  const { code, message } = faultOf(failure);
  const said = `Azure does not ${action} it: ${message}`;
  switch (failure.kind) {
    case 'throttled':
    case 'unanswered':
      return new LamplighterError(said, {
        code,
        fault: 'azure',
        retryable: true,
        fix: 'Look at its state in half a minute, and send it again if nothing has happened.',
      });
    case 'conflict':
      return new LamplighterError(said, {
        code: 'instance.conflict',
        fault: 'caller',
        field: 'compute',
        fix: 'Something else is being done to it: look at its state, and try again when that is over.',
      });
    case 'missing':
      return new LamplighterError('The instance is there no more.', {
        code: 'compute.not-found',
        fault: 'caller',
        field: 'compute',
        fix: 'GET /api/computes lists what there is.',
      });
    case 'forbidden':
      return new LamplighterError(said, {
        code,
        fault: 'deployment',
        fix: `The app’s identity lacks ${failure.action ?? 'a permission in Azure'}: an admin has to assign its role.`,
      });
    case 'failed':
      return new LamplighterError(said, {
        code,
        fault: failure.status >= 500 ? 'azure' : 'caller',
        retryable: failure.status >= 500,
        field: 'compute',
        fix: 'Do what Azure says, and send it again.',
      });
  }
}

/**
 * Does to an instance what a person asks for, in every mode and while work is halted too: those govern what Lamplighter does
 * by itself. Accepted is not done: the state says. Throws what Azure refuses, in words.
 */
export async function actOnInstance(
  flow: Flow,
  action: InstanceAction,
  compute: Compute,
): Promise<ActedOnInstance> {
  const state = compute.state ?? compute.provisioningState ?? 'Unknown';
  if (goal[action].has(state.toLowerCase())) return { already: true, state };
  const answer = await call(flow, action, compute.ref);
  if (!answer.ok) throw refused(answer, action);
  const now = await flow.ports.computes.get(compute.ref);
  return { already: false, state: now.ok ? (now.value.state ?? state) : state };
}

function call(
  { ports }: Flow,
  action: InstanceAction,
  ref: ComputeRef,
): ReturnType<Flow['ports']['computes']['stop']> {
  switch (action) {
    case 'start':
      return ports.computes.start(ref);
    case 'stop':
      return ports.computes.stop(ref);
    case 'restart':
      return ports.provisioning.restart(ref);
    case 'delete':
      return ports.provisioning.delete(ref);
  }
}
