import type { Compute, Person } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { workspaceKey } from '../../core/ids.ts';
import { carriesRequest, type Machine } from '../../core/provision/machine.ts';
import { oldInstanceOf, type Recreation, type RecreationLoss } from '../../core/provision/recreation.ts';
import type { Refusal } from '../../core/provision/refusal.ts';
import { type Snapshot, snapshotOf } from '../../core/provision/snapshot.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { proveQuiet, type QuietProof } from './prove-quiet.ts';
import { submitRequest } from './submit-request.ts';

/** An instance that somebody wants deleted and made again. */
export type WantedRecreation = {
  readonly requestId: string;
  readonly bodyHash: string;
  readonly requestedBy: Person;
  readonly mayAskForOthers: boolean;
  /** As Azure shows it now. */
  readonly compute: Compute;
  /** Null: the size that it has. */
  readonly vmSize: string | null;
  readonly sshPublicKey: string | null;
  readonly accepted: readonly RecreationLoss[];
  readonly acceptsUnknownUse: boolean;
  readonly quietForMs: number | null;
  readonly campaignId: string | null;
  /** Of the deployment, where Azure does not say the owner's. */
  readonly tenantId: string;
};

/** The machine as its own request had it: what Azure does not give back is known from there. */
async function machineOfRequest(flow: Flow, compute: Compute): Promise<Machine | null> {
  const id = oldInstanceOf(compute)?.requestId ?? null;
  if (id === null || !/^r[0-9a-f]{24}$/.test(id) || !carriesRequest(compute.tags, id)) return null;
  return (await readRequest(flow.ports.ledger, id))?.request.machine ?? null;
}

/** What an instance would be made again by, and what it would lose. */
export async function takeSnapshot(
  flow: Flow,
  compute: Compute,
  help: { readonly sshPublicKey: string | null; readonly tenantId: string },
): Promise<Snapshot> {
  const asked = await machineOfRequest(flow, compute);
  return snapshotOf(compute, {
    sshPublicKey: help.sshPublicKey ?? asked?.sshPublicKey ?? null,
    tenantId: help.tenantId,
    agent: asked?.agent ?? false,
  });
}

const listOf = (losses: Snapshot['losses']): string =>
  [...new Set(losses.map(({ what }) => JSON.stringify(what)))].join(', ');

/** Losses that nobody has agreed to, as one refusal each. */
export function lossRefusals(
  { losses }: Pick<Snapshot, 'losses'>,
  accepted: readonly RecreationLoss[],
): readonly Refusal[] {
  const open = losses.filter(({ what }) => !accepted.includes(what));
  return open.map(({ detail, fix }) => ({
    code: 'refuse.recreate.loss',
    field: 'accept',
    detail,
    fix: `${fix} ("accept": [${listOf(open)}] accepts all that is named).`,
  }));
}

const refusal = (code: Refusal['code'], field: string, detail: string, fix: string): readonly Refusal[] => [
  { code, field, detail, fix },
];

export function useRefusals(proof: QuietProof, acceptsUnknownUse: boolean): readonly Refusal[] {
  switch (proof.kind) {
    case 'quiet':
      return [];
    case 'job':
      return refusal(
        'refuse.recreate.in-use',
        'compute',
        proof.message,
        'Wait for the job to end, or cancel it, and send it again.',
      );
    case 'active':
      return refusal(
        'refuse.recreate.in-use',
        'compute',
        proof.message,
        'Save your work, stop what runs, or stop the instance, and send it again some minutes later.',
      );
    case 'unknown':
      return acceptsUnknownUse
        ? []
        : refusal(
            'refuse.recreate.use-unknown',
            'acceptUnknownUse',
            proof.message,
            'Stop the instance before, or send "acceptUnknownUse": true if you know that nothing runs on it.',
          );
    case 'unsettled':
      return refusal(
        'refuse.recreate.state',
        'compute',
        proof.message,
        'Wait until that is over, and send it again.',
      );
    case 'missing':
      return refusal(
        'refuse.recreate.state',
        'compute',
        'It is there no more.',
        'Ask for a new instance instead.',
      );
    case 'unreadable':
      throw new LamplighterError(`Whether it is in use cannot be read now. ${proof.message}`, {
        code: 'azure.unreadable',
        fault: 'azure',
        retryable: true,
        fix: 'Send it again in a minute, with the same Idempotency-Key.',
      });
  }
}

function stateRefusals(wanted: WantedRecreation, machine: Machine | null): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (oldInstanceOf(wanted.compute) === null || machine?.vmSize === '') {
    refusals.push({
      code: 'refuse.recreate.state',
      field: 'compute',
      detail: 'Azure does not say when it was made or how large it is.',
      fix: 'Look at it in Azure ML studio; it can be deleted there and asked for anew.',
    });
  }
  if (machine === null) {
    refusals.push({
      code: 'refuse.recreate.owner',
      field: 'compute',
      detail: 'Azure names neither an assigned user nor a creator, so that it could be made for nobody.',
      fix: 'Ask for a new instance for whoever needs it, and delete this one.',
    });
  }
  if (wanted.vmSize !== null && wanted.vmSize.toLowerCase() === wanted.compute.vmSize?.toLowerCase()) {
    refusals.push({
      code: 'refuse.recreate.same-size',
      field: 'vmSize',
      detail: `It is a ${wanted.compute.vmSize} already.`,
      fix: 'Name another size, or send it to "recreate" to have it made anew in its size.',
    });
  }
  return refusals;
}

/**
 * Takes the wish to have an instance deleted and made again: refuses it with everything that is against it, or writes down
 * what it is and begins. Rules, quota, approval and life are those of any request for a machine. Throws retryable faults
 * where something cannot be read.
 */
export async function submitRecreation(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  wanted: WantedRecreation,
): Promise<MachineRequest> {
  const { clock } = flow.ports;
  const { compute } = wanted;
  const workspace = (await facts.workspaces()).find((one) => workspaceKey(one) === workspaceKey(compute.ref));
  if (workspace === undefined) {
    throw new LamplighterError('Lamplighter looks after no such workspace.', {
      code: 'compute.not-found',
      fault: 'caller',
      field: 'compute',
      fix: 'GET /api/computes lists what there is.',
    });
  }
  const [snapshot, proof, inRegion] = await Promise.all([
    takeSnapshot(flow, compute, wanted),
    proveQuiet(flow, compute.ref, wanted.quietForMs),
    facts.sizes(workspace.subscriptionId, workspace.location),
  ]);
  const size = inRegion.get((compute.vmSize ?? '').toLowerCase()) ?? null;
  const noOwner: Person = wanted.requestedBy;
  const machine: Machine = {
    ...(snapshot.machine ?? {
      ref: compute.ref,
      assignedTo: noOwner,
      tenantId: wanted.tenantId,
      sshPublicKey: null,
      publicIp: null,
      subnetId: null,
      tags: {},
      idleShutdownMinutes: null,
      schedules: [],
      agent: false,
      carried: null,
    }),
    // As the region's list spells it.
    vmSize: size?.name ?? compute.vmSize ?? '',
    location: workspace.location,
  };
  const recreation: Recreation = {
    kind: wanted.vmSize === null ? 'recreate' : 'resize',
    old: oldInstanceOf(compute) ?? { createdAt: 0, requestId: null },
    snapshot: machine,
    snapshotAt: clock.now(),
    state: compute.state ?? 'Unknown',
    imageVersion: snapshot.imageVersion,
    accepted: wanted.accepted.filter((one) => snapshot.losses.some(({ what }) => what === one)),
    acceptsUnknownUse: wanted.acceptsUnknownUse,
    quietForMs: wanted.quietForMs,
    campaignId: wanted.campaignId,
    oldSize: size === null ? null : { family: size.family, cores: size.vCPUs, gpus: size.gpus },
    deleteAskedAt: null,
    goneAt: null,
    wentBackAt: null,
    failure: null,
    failedBack: 0,
    differences: null,
  };
  const refusals = [
    ...stateRefusals(wanted, snapshot.machine),
    ...lossRefusals(snapshot, wanted.accepted),
    ...useRefusals(proof, wanted.acceptsUnknownUse),
  ];
  return submitRequest(flow, facts, client, {
    requestId: wanted.requestId,
    bodyHash: wanted.bodyHash,
    requestedBy: wanted.requestedBy,
    // Azure names nobody whom it was made for; whoever asks for oneself is known by name.
    forPerson:
      machine.assignedTo.objectId === wanted.requestedBy.objectId ? wanted.requestedBy : machine.assignedTo,
    mayAskForOthers: wanted.mayAskForOthers,
    tenantId: machine.tenantId,
    workspace,
    vmSize: wanted.vmSize ?? machine.vmSize,
    name: compute.ref.compute,
    sshPublicKey: machine.sshPublicKey,
    publicIp: machine.publicIp,
    subnetId: machine.subnetId,
    tags: machine.tags,
    idleShutdownMinutes: machine.idleShutdownMinutes,
    schedules: machine.schedules,
    agent: machine.agent,
    recreates: { recreation, refusals },
  });
}
