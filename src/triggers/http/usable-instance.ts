import type { Caller } from '../../auth/caller.ts';
import { inScope } from '../../config/in-scope.ts';
import type { Compute } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { faultOf } from '../../fleet/fault-of.ts';
import type { Flow } from '../../fleet/flow.ts';
import { mayUse } from './visible-compute.ts';

const notFound = (ref: ComputeRef): LamplighterError =>
  new LamplighterError(`There is no instance ${ref.compute} of yours in workspace ${ref.workspace}.`, {
    code: 'compute.not-found',
    fault: 'caller',
    field: 'compute',
    fix: 'Check the name. Instances of others are an admin’s business.',
  });

/**
 * The instance as Azure shows it this moment, if the caller may use it: the same answer for what is not there and for what
 * is somebody else's. Throws `compute.not-found`, `compute.not-instance`, or a retryable fault where Azure cannot be read.
 */
export async function usableInstance(flow: Flow, caller: Caller, ref: ComputeRef): Promise<Compute> {
  if (!inScope(flow.scope, ref)) throw notFound(ref);
  const got = await flow.ports.computes.get(ref);
  if (!got.ok) {
    if (got.kind === 'missing' || got.kind === 'forbidden') throw notFound(ref);
    throw new LamplighterError(`The instance cannot be read now: ${faultOf(got).message}`, {
      code: 'azure.unreadable',
      fault: 'azure',
      retryable: true,
      fix: 'Send it again in half a minute.',
    });
  }
  if (!mayUse(caller, got.value.owner)) throw notFound(ref);
  if (got.value.kind !== 'ComputeInstance') {
    throw new LamplighterError(`${ref.compute} is no compute instance but of the kind ${got.value.kind}.`, {
      code: 'compute.not-instance',
      fault: 'caller',
      field: 'compute',
      fix: 'Only instances can be started, stopped, restarted and deleted here; targets are attached and detached.',
    });
  }
  return got.value;
}
