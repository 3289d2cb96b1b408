import { type Caller, personOf } from '../../auth/caller.ts';
import { isAdmin } from '../../auth/caller.ts';
import type { Person } from '../../core/computes.ts';
import { instanceNameFault } from '../../core/provision/instance-name.ts';
import type { AskedMachine } from '../../fleet/provision/asked-machine.ts';
import { shortHash } from '../../core/ids.ts';
import type { FleetFacts } from '../../fleet/provision/fleet-facts.ts';
import { findWorkspace } from '../../fleet/provision/find-workspace.ts';
import { requestIdOf } from '../../fleet/provision/provision-id.ts';
import type { Flow } from '../../fleet/flow.ts';
import { InvalidInput, type InputFault } from './invalid-input.ts';
import type { RequestBody } from './request-body.ts';

type AskCall = {
  readonly caller: Caller;
  readonly body: RequestBody;
  readonly idempotencyKey: string | null;
};

/** Whoever it is for has to be there. That nobody can be asked who they are keeps nobody from working. */
async function personFor(flow: Flow, { caller, body }: AskCall): Promise<Person | InputFault> {
  const me = personOf(caller);
  if (body.for === undefined || body.for === caller.objectId) return me;
  if (!isAdmin(caller)) return { objectId: body.for, name: null };
  const found = await flow.ports.directory.person(body.for);
  if (!found.ok) {
    return found.kind === 'missing'
      ? { field: 'for', detail: 'the directory knows nobody of this object id' }
      : { objectId: body.for, name: null };
  }
  if (!found.value.enabled) return { field: 'for', detail: 'the account of this person is switched off' };
  return { objectId: body.for, name: found.value.name };
}

const noAgent: InputFault = {
  field: 'agent',
  detail:
    'this deployment cannot install the session agent on new instances, since it does not know the address by which they reach it (LAMPLIGHTER_PUBLIC_URL); leave "agent" out',
};

/** The machine that a request asks for, with workspace and person looked up. Throws `request.invalid` with all faults. */
export async function askedMachine(
  flow: Flow,
  facts: FleetFacts,
  tenantId: string,
  canInstallAgent: boolean,
  call: AskCall,
): Promise<AskedMachine> {
  const { caller, body } = call;
  const faults: InputFault[] = [];
  const [found, person] = await Promise.all([findWorkspace(facts, body.workspace), personFor(flow, call)]);
  if (found.kind === 'missing') {
    faults.push({ field: 'workspace', detail: 'Lamplighter looks after no workspace of this name or id' });
  }
  if (found.kind === 'several') {
    faults.push({
      field: 'workspace',
      detail: `several have this name, so give the id: ${found.ids.join(', ')}`,
    });
  }
  if ('field' in person) faults.push(person);
  if (body.agent === true && !canInstallAgent) faults.push(noAgent);
  // With any other fault it is no request, and no rule says so later.
  const nameFault = body.name === undefined ? null : instanceNameFault(body.name);
  if (faults.length > 0 && nameFault !== null) faults.push({ field: 'name', detail: nameFault });
  if (found.kind !== 'found' || 'field' in person || faults.length > 0)
    throw new InvalidInput('body', faults);
  return {
    requestId: requestIdOf(caller.objectId, call.idempotencyKey ?? ''),
    bodyHash: shortHash(canonicalBody(body)),
    requestedBy: personOf(caller),
    forPerson: person,
    mayAskForOthers: isAdmin(caller),
    tenantId,
    workspace: found.workspace,
    vmSize: body.vmSize,
    name: body.name ?? null,
    sshPublicKey: body.sshPublicKey ?? null,
    publicIp: body.publicIp ?? null,
    subnetId: body.subnet ?? null,
    tags: body.tags,
    idleShutdownMinutes: body.idleShutdown ?? null,
    schedules: body.schedules,
    agent: body.agent ?? false,
    recreates: null,
  };
}

/** Parsed, so that the order of its members no longer matters, but for those of the tags. */
function canonicalBody(body: RequestBody): string {
  const tags = Object.entries(body.tags).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ ...body, tags });
}
