import type { Compute } from '../../core/computes.ts';
import type { FailureCode } from '../../core/policy/codes.ts';
import { failureOf } from '../../core/provision/creation-failure.ts';
import { carriesRequest, type Machine } from '../../core/provision/machine.ts';
import { withStep } from '../../core/provision/steps.ts';
import { isHalted } from '../../ledger/flags.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import type { AzureFailure, AzureResult } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { type AgentOnMachines, scriptForMachine } from './agent-on-machine.ts';
import { changeRequest } from './change-request.ts';

export type CreatedInstance =
  /** Azure has taken it, now or before. Accepted is not made. */
  | { readonly kind: 'accepted' }
  /** Cancelled, or ended otherwise. */
  | { readonly kind: 'over' }
  | { readonly kind: 'wait'; readonly until: number; readonly message: string }
  | { readonly kind: 'halted'; readonly until: number; readonly message: string }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };

const againMs = 30_000;
/** How long Azure may take to show a creation whose answer was lost. */
const unansweredAgainMs = 10_000;

const nameTaken = (machine: Machine): CreatedInstance => ({
  kind: 'failed',
  code: 'fail.create',
  message: `The name ${machine.ref.compute} has been taken by somebody else meanwhile.`,
});

/**
 * Asks Azure to make the machine, after a look that says that there is none of the name, or one of this very request. The
 * undo is in the ledger before the call, since that may take effect though its answer is lost.
 */
export async function createInstance(
  flow: Flow,
  agents: AgentOnMachines,
  { requestId }: { readonly requestId: string },
): Promise<CreatedInstance> {
  const { computes, provisioning, ledger, clock } = flow.ports;
  const now = clock.now();
  const request = await changeRequest(flow, requestId, (current) =>
    canBegin(current) && !current.begun.includes('create')
      ? { begun: withStep(current.begun, 'create') }
      : null,
  );
  const machine = request?.machine ?? null;
  if (request === null || machine === null || !canBegin(request)) return { kind: 'over' };

  const got = await computes.get(machine.ref);
  if (got.ok) return adopted(flow, requestId, machine, got.value);
  if (got.kind !== 'missing') return notNow(got, now);
  if (await isHalted(ledger))
    return { kind: 'halted', until: now + againMs, message: 'Lamplighter is halted.' };
  const script = await scriptForMachine(flow, agents, machine, requestId);
  const answer = await lostIfThrown(() => provisioning.create(machine, requestId, script));
  if (answer.ok) {
    await noteTry(flow, requestId, { accepted: true });
    return { kind: 'accepted' };
  }
  switch (answer.kind) {
    case 'throttled':
    case 'unanswered':
      return notNow(answer, now);
    case 'missing':
      return { kind: 'failed', code: 'fail.create', message: `The workspace is gone: ${answer.message}` };
    case 'forbidden':
      return {
        kind: 'failed',
        code: 'fail.create',
        message: `The app may not create instances (${answer.action ?? 'Microsoft.MachineLearningServices/workspaces/computes/write'}): ${answer.message}`,
      };
    case 'conflict':
      return /name/i.test(answer.code) && !isJustGone(request, now)
        ? nameTaken(machine)
        : notNow(answer, now);
    case 'failed': {
      if (answer.status >= 500 || answer.status === 0) return notNow(answer, now);
      const failure = failureOf(`${answer.code}: ${answer.message}`);
      if (failure.code !== 'fail.create') await noteTry(flow, requestId, { accepted: false });
      return { kind: 'failed', ...failure };
    }
  }
}

/** Azure may hold a name for a while after the instance that bore it has gone. */
const nameHeldMs = 10 * 60_000;
const isJustGone = ({ recreation }: MachineRequest, now: number): boolean =>
  recreation?.goneAt != null && now - recreation.goneAt < nameHeldMs;

const canBegin = (request: MachineRequest): boolean =>
  request.status === 'provisioning' && request.cancelled === null;

function notNow(failure: AzureFailure, now: number): CreatedInstance {
  const { message } = faultOf(failure);
  if (failure.kind === 'throttled') return { kind: 'wait', until: failure.retryAt, message };
  return {
    kind: 'wait',
    until: now + (failure.kind === 'unanswered' ? unansweredAgainMs : againMs),
    message,
  };
}

/** One of this request was made by an earlier try whose answer was lost. Anybody else's is left alone. */
async function adopted(
  flow: Flow,
  requestId: string,
  machine: Machine,
  compute: Compute,
): Promise<CreatedInstance> {
  if (!carriesRequest(compute.tags, requestId)) return nameTaken(machine);
  if (compute.state === 'Deleting' || compute.provisioningState === 'Deleting') {
    const until = flow.ports.clock.now() + againMs;
    return { kind: 'wait', until, message: 'The remains of the try before are being deleted.' };
  }
  await noteTry(flow, requestId, { accepted: true });
  return { kind: 'accepted' };
}

/** Counts a try once: one that is found running when it is asked for again was counted before. */
async function noteTry(flow: Flow, requestId: string, how: { readonly accepted: boolean }): Promise<void> {
  const now = flow.ports.clock.now();
  await changeRequest(flow, requestId, (current) =>
    how.accepted && current.acceptedAt !== null
      ? null
      : {
          tries: current.tries + 1,
          firstTryAt: current.firstTryAt ?? now,
          acceptedAt: how.accepted ? now : null,
        },
  );
}

async function lostIfThrown(call: () => Promise<AzureResult<'accepted'>>): Promise<AzureResult<'accepted'>> {
  try {
    return await call();
  } catch (thrown) {
    return { ok: false, kind: 'unanswered', message: faultOf(thrown).message };
  }
}
