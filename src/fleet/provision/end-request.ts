import type { FailureCode, RequestStatus } from '../../core/policy/codes.ts';
import {
  completedText,
  computeActions,
  failedText,
  needsPersonText,
} from '../../core/provision/request-text.ts';
import { lostInstanceText, untouchedText } from '../../core/provision/recreation-text.ts';
import { type Undo, undosOf } from '../../core/provision/steps.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import { alertOnce } from '../tell.ts';
import { closeCodes } from './agent-on-machine.ts';
import { changeRequest } from './change-request.ts';

export type EndInput = {
  readonly requestId: string;
  readonly how: 'undoing' | 'completed' | 'failed' | 'cancelled' | 'needs-person';
  readonly failure: { readonly code: FailureCode; readonly message: string } | null;
};
export type EndedRequest = {
  readonly status: RequestStatus | 'missing';
  /** What has to be taken back, in this order. */
  readonly undos: readonly Undo[];
};

/** Writes down how a request ended. `undoing` only says what has to be taken back before it can. */
export async function endRequest(flow: Flow, input: EndInput): Promise<EndedRequest> {
  const { requestId, how } = input;
  const missing = how === 'completed' ? await missingActions(flow, requestId) : null;
  const enrolled = how === 'undoing' ? null : await agentOf(flow, requestId);
  const request = await changeRequest(flow, requestId, (current) =>
    current.status === 'provisioning' && how !== 'undoing'
      ? ending(flow, current, input, missing, enrolled)
      : null,
  );
  if (request === null) return { status: 'missing', undos: [] };
  await tellPerson(flow, request);
  return { status: request.status, undos: undosOf(request.begun) };
}

/** Tells the admins of a request that nobody but a person can end. */
export async function tellPerson(flow: Flow, request: MachineRequest): Promise<void> {
  if (request.status !== 'needs-person') return;
  await alertOnce(flow, {
    alertId: `request-${request.requestId}`,
    code: 'request.needs-person',
    title:
      request.recreation === null
        ? 'What is left of a request needs a person'
        : 'An instance that was made anew needs a person',
    sentence: request.sentence,
  });
}

function ending(
  flow: Flow,
  request: MachineRequest,
  { how, failure }: EndInput,
  missing: readonly string[] | null,
  agentEnrolled: boolean | null,
): Partial<MachineRequest> | null {
  const endedAt = flow.ports.clock.now();
  const { machine, recreation } = request;
  if (machine === null || how === 'undoing') return null;
  switch (how) {
    case 'completed':
      return {
        status: 'completed',
        reason: null,
        missingActions: missing,
        agentEnrolled,
        sentence: completedText(machine, missing, agentEnrolled),
        endedAt,
      };
    case 'cancelled': {
      const by = request.cancelled?.by;
      return {
        status: 'cancelled',
        reason: null,
        sentence: `Cancelled by ${by?.name ?? by?.objectId ?? 'somebody'}; ${recreation === null ? 'nothing of it is left' : 'the instance is as it was'}.`,
        endedAt,
      };
    }
    case 'failed': {
      const code = failure?.code ?? 'fail.create';
      return {
        status: 'failed',
        reason: code,
        sentence: (recreation === null ? failedText : untouchedText)(machine, code, failure?.message ?? ''),
        endedAt,
      };
    }
    case 'needs-person': {
      const code = failure?.code ?? 'fail.create';
      const why = request.cancelled === null ? code : 'it was cancelled';
      return {
        status: 'needs-person',
        reason: code,
        sentence:
          recreation === null
            ? needsPersonText(machine, why, failure?.message ?? '')
            : lostInstanceText(recreation.snapshot, failure?.message ?? ''),
        endedAt,
      };
    }
  }
}

/** Whether the agent that was asked for reports by now; from here on its code is worth nothing. Null: none was asked for. */
export async function agentOf(flow: Flow, requestId: string): Promise<boolean | null> {
  const request = await changeRequest(flow, requestId, () => null);
  const machine = request?.machine ?? null;
  if (machine === null || !machine.agent) return null;
  return closeCodes(flow, machine, requestId);
}

/** What its user lacks in Azure; null: it could not be read. It never keeps a machine from its user. */
export async function missingActions(flow: Flow, requestId: string): Promise<readonly string[] | null> {
  const request = await changeRequest(flow, requestId, () => null);
  const machine = request?.machine ?? null;
  if (machine === null) return null;
  try {
    const read = await flow.ports.permissions.missing(
      machine.ref,
      machine.assignedTo.objectId,
      computeActions,
    );
    return read.ok ? read.value : null;
  } catch {
    return null;
  }
}
