import type { Undo } from '../../core/provision/steps.ts';
import { carriesRequest, type Machine } from '../../core/provision/machine.ts';
import { isHalted } from '../../ledger/flags.ts';
import { readRequest } from '../../ledger/requests.ts';
import { release } from '../../ledger/reservations.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';

export type UndoneStep =
  | { readonly kind: 'undone' }
  /** Not yet, or not to be told: to be asked again then. */
  | { readonly kind: 'again'; readonly until: number; readonly message: string }
  | { readonly kind: 'halted'; readonly until: number; readonly message: string };

const againMs = 20_000;

/** Takes one step of a request back. Doing it again does no harm; what does not carry this request's id is never touched. */
export async function undoStep(
  flow: Flow,
  input: { readonly requestId: string; readonly step: Undo },
): Promise<UndoneStep> {
  const request = (await readRequest(flow.ports.ledger, input.requestId))?.request ?? null;
  const machine = request?.machine ?? null;
  if (request === null || machine === null || request.status === 'completed') return { kind: 'undone' };
  switch (input.step) {
    case 'release-quota':
      await release(flow.ports.ledger, {
        requestId: input.requestId,
        workspace: machine.ref,
        location: machine.location,
      });
      return { kind: 'undone' };
    case 'delete-instance':
      return deleteInstance(flow, input.requestId, machine);
  }
}

async function deleteInstance(flow: Flow, requestId: string, machine: Machine): Promise<UndoneStep> {
  const { computes, provisioning, ledger, clock } = flow.ports;
  const got = await computes.get(machine.ref);
  const now = clock.now();
  if (!got.ok) {
    if (got.kind === 'missing') return { kind: 'undone' };
    const until = got.kind === 'throttled' ? got.retryAt : now + againMs;
    return { kind: 'again', until, message: faultOf(got).message };
  }
  if (!carriesRequest(got.value.tags, requestId)) return { kind: 'undone' };
  if (got.value.state === 'Deleting' || got.value.provisioningState === 'Deleting') {
    return { kind: 'again', until: now + againMs, message: 'It is being deleted.' };
  }
  if (await isHalted(ledger))
    return { kind: 'halted', until: now + againMs, message: 'Lamplighter is halted.' };
  const deleted = await provisioning.delete(machine.ref);
  // Accepted is not deleted: the next look says.
  if (deleted.ok) return { kind: 'again', until: now + againMs, message: 'It is being deleted.' };
  const until = deleted.kind === 'throttled' ? deleted.retryAt : now + againMs;
  return { kind: 'again', until, message: faultOf(deleted).message };
}
