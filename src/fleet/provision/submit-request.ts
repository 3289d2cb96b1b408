import { LamplighterError } from '../../core/errors.ts';
import { computeKey } from '../../core/ids.ts';
import type { ApprovalNeed } from '../../core/provision/approval-need.ts';
import { escalateAtOf } from '../../core/provision/approval-stages.ts';
import { machineApproval } from '../../core/provision/machine-approval.ts';
import type { Machine } from '../../core/provision/machine.ts';
import { publicIpFor } from '../../core/provision/network-refusals.ts';
import { recreatingText } from '../../core/provision/recreation-text.ts';
import type { Recreation } from '../../core/provision/recreation.ts';
import { inOrder, type Refusal } from '../../core/provision/refusal.ts';
import { awaitingText, provisioningText, refusedText } from '../../core/provision/request-text.ts';
import type { VmSize } from '../../core/computes.ts';
import type { Policy } from '../../core/policy/types.ts';
import { familyKey } from '../../core/quota/family-key.ts';
import type { MachineAsked, QuotaVerdict } from '../../core/quota/types.ts';
import { claimName, leaveName } from '../../ledger/name-claims.ts';
import { insertRequest, type MachineRequest, readRequest } from '../../ledger/requests.ts';
import { release } from '../../ledger/reservations.ts';
import type { Flow } from '../flow.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { offersTo, withdrawOffers } from '../waiting/own-offers.ts';
import { fillPlace } from '../waiting/fill-place.ts';
import { type AskedMachine, wishOf } from './asked-machine.ts';
import { type CheckedMachine, checkRules } from './check-rules.ts';
import { isFirstMachine } from './first-machine.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { grantQuota, weighQuota } from './grant-quota.ts';
import { heldAtFirstMs, launchRequest } from './launch-request.ts';
import { policyForRequests } from './policy-for-requests.ts';
import { quotaRefusals } from './quota-refusals.ts';
import { replacedBy } from './replaced-by.ts';
import { withSizesOfRoom } from './sizes-of-room.ts';

/** Throws if the key came with another request before; null: it never came. */
export async function earlierRequest(
  flow: Flow,
  asked: Pick<AskedMachine, 'requestId' | 'bodyHash'>,
): Promise<MachineRequest | null> {
  const stored = await readRequest(flow.ports.ledger, asked.requestId);
  if (stored === null || stored.request.bodyHash === asked.bodyHash) return stored?.request ?? null;
  throw new LamplighterError('This Idempotency-Key came with another request before.', {
    code: 'idempotency.reused',
    fault: 'caller',
    field: 'idempotency-key',
    fix: 'Use a fresh key for a new request.',
  });
}

const machineAsked = (asked: AskedMachine, checked: CheckedMachine, size: VmSize): MachineAsked => ({
  requestId: asked.requestId,
  workspace: asked.workspace,
  location: asked.workspace.location,
  owner: asked.forPerson,
  subject: checked.subject,
  family: size.family,
  cores: size.vCPUs,
  gpus: size.gpus,
  ...(asked.recreates === null ? {} : { replaces: replacedBy(asked.recreates.recreation) }),
});

const machineOf = (asked: AskedMachine, checked: CheckedMachine, size: VmSize): Machine | null =>
  checked.ref === null
    ? null
    : asked.recreates !== null
      ? { ...asked.recreates.recreation.snapshot, vmSize: size.name }
      : {
          ref: checked.ref,
          location: asked.workspace.location,
          vmSize: size.name,
          assignedTo: asked.forPerson,
          tenantId: asked.tenantId,
          sshPublicKey: asked.sshPublicKey,
          publicIp: publicIpFor(
            { ssh: asked.sshPublicKey !== null, publicIp: asked.publicIp, subnetId: asked.subnetId },
            checked.network,
          ),
          subnetId: asked.subnetId,
          tags: asked.tags,
          idleShutdownMinutes: asked.idleShutdownMinutes,
          schedules: asked.schedules,
          agent: asked.agent,
          carried: null,
        };

/** Somebody has agreed to the machine as it is: only more than that is asked for again. */
function isNoBigger({ oldSize }: Recreation, size: VmSize, inRegion: VmSize | null): boolean {
  if (oldSize === null) return false;
  const price = inRegion?.pricePerHourUsd ?? null;
  const dearer = price === null || size.pricePerHourUsd === null || size.pricePerHourUsd > price;
  return (
    familyKey(oldSize.family) === familyKey(size.family) &&
    size.vCPUs <= oldSize.cores &&
    size.gpus <= oldSize.gpus &&
    (!dearer || size.vCPUs === oldSize.cores)
  );
}

function needOf(
  policy: Policy,
  asked: AskedMachine,
  checked: CheckedMachine,
  size: VmSize,
  verdict: QuotaVerdict,
  inRegion: ReadonlyMap<string, VmSize>,
  isFirst: boolean,
): ApprovalNeed | null {
  const recreation = asked.recreates?.recreation ?? null;
  const old = inRegion.get(recreation?.snapshot.vmSize.toLowerCase() ?? '') ?? null;
  if (recreation !== null && verdict.approvals.length === 0 && isNoBigger(recreation, size, old)) return null;
  const asksForSsh = recreation === null && asked.sshPublicKey !== null && checked.network.ssh === 'approval';
  return machineApproval(policy.approvals, checked.subject, size, verdict, { asksForSsh, isFirst });
}

function begun(asked: AskedMachine, now: number): MachineRequest {
  return {
    requestId: asked.requestId,
    bodyHash: asked.bodyHash,
    requestedBy: asked.requestedBy,
    forPerson: asked.forPerson,
    requestedAt: now,
    asked: {
      workspace: asked.workspace.workspace,
      vmSize: asked.vmSize,
      name: (asked.name ?? '').slice(0, 80),
    },
    // Room for what is there already is not waited for: it would come to a second machine.
    wish: asked.recreates === null ? wishOf(asked) : null,
    machine: null,
    recreation: asked.recreates?.recreation ?? null,
    cores: null,
    gpus: null,
    pricePerHourUsd: null,
    status: 'refused',
    reason: null,
    sentence: '',
    refusals: [],
    approval: null,
    votes: [],
    begun: [],
    tries: 0,
    firstTryAt: null,
    acceptedAt: null,
    runningAt: null,
    cancelled: null,
    missingActions: null,
    agentEnrolled: null,
    updatedAt: now,
    endedAt: null,
    toldAt: null,
    tellings: 0,
    shownAt: null,
    settledAt: null,
  };
}

/** Of two at the same time the first stands. */
async function keep(flow: Flow, request: MachineRequest): Promise<MachineRequest> {
  const inserted = await insertRequest(flow.ports.ledger, request);
  if (inserted !== null) return inserted.request;
  return (await earlierRequest(flow, request)) ?? request;
}

async function refuse(
  flow: Flow,
  asked: AskedMachine,
  refusals: readonly Refusal[],
): Promise<MachineRequest> {
  const now = flow.ports.clock.now();
  const ordered = inOrder(refusals);
  return keep(flow, {
    ...begun(asked, now),
    reason: ordered[0]?.code ?? null,
    refusals: ordered,
    sentence: refusedText(ordered),
    endedAt: now,
    toldAt: now,
    settledAt: now,
  });
}

async function accept(
  flow: Flow,
  asked: AskedMachine,
  machine: Machine,
  size: VmSize,
  need: ApprovalNeed | null,
): Promise<MachineRequest> {
  const now = flow.ports.clock.now();
  const recreation = asked.recreates?.recreation ?? null;
  const under = recreation === null ? provisioningText(machine) : recreatingText(machine, recreation);
  return keep(flow, {
    ...begun(asked, now),
    machine,
    recreation,
    cores: size.vCPUs,
    gpus: size.gpus,
    pricePerHourUsd: size.pricePerHourUsd,
    status: need === null ? 'provisioning' : 'awaiting-approval',
    sentence: need === null ? under : awaitingText(machine, need.because, size.pricePerHourUsd),
    approval:
      need === null
        ? null
        : {
            approvers: need.approvers,
            because: need.because,
            remindAt: now + need.remindAfterMs,
            escalateAt: escalateAtOf({
              remindAt: now + need.remindAfterMs,
              escalateAt: null,
              expiresAt: now + need.expiresAfterMs,
            }),
            told: null,
            toldOfVotes: 0,
            expiresAt: now + need.expiresAfterMs,
          },
    begun: ['reserve'],
  });
}

/**
 * Takes a request: refuses it with everything that is wrong, or reserves its quota, writes it down and starts its workflow.
 * The same request again gives the same answer. Throws retryable faults where something cannot be read.
 */
export async function submitRequest(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  asked: AskedMachine,
): Promise<MachineRequest> {
  const { ledger, clock } = flow.ports;
  const known = await earlierRequest(flow, asked);
  if (known !== null) {
    if (known.settledAt === null) await launchRequest(flow, client, known);
    return known;
  }
  const policy = await policyForRequests(flow);
  const checked = await checkRules(flow, facts, policy, asked);
  const inRegion = await facts.sizes(asked.workspace.subscriptionId, asked.workspace.location);
  const { size } = checked;
  const refusals =
    asked.recreates === null
      ? checked.refusals
      : await withSizesOfRoom(flow, facts, policy, asked, checked, inRegion);
  if (size === null) return refuse(flow, asked, refusals);
  const machine = machineOf(asked, checked, size);
  const wanted = machineAsked(asked, checked, size);
  const told = async (
    verdict: Awaited<ReturnType<typeof weighQuota>>,
    mayWait = false,
  ): Promise<readonly Refusal[]> => {
    return quotaRefusals(facts, policy, verdict.input, verdict.verdict, size.name, inRegion, mayWait);
  };
  if (refusals.length > 0 || machine === null) {
    const weighed = await weighQuota(flow, facts, policy, wanted);
    return refuse(flow, asked, [...refusals, ...(await told(weighed))]);
  }

  const now = clock.now();
  const { location, ref } = machine;
  const claim = { location, name: ref.compute, requestId: asked.requestId };
  if (!(await claimName(ledger, claim, now, now + heldAtFirstMs))) {
    const weighed = await weighQuota(flow, facts, policy, wanted);
    return refuse(flow, asked, [
      {
        code: 'refuse.name.taken',
        field: 'name',
        detail: `The name ${ref.compute} is promised to another request in ${location}.`,
        fix:
          asked.recreates === null
            ? 'Choose another name, or leave "name" out to be given one.'
            : 'Wait until the other request about this instance is over; GET /api/requests lists it.',
      },
      ...(await told(weighed)),
    ]);
  }
  const reservation = {
    ...wanted,
    requestId: asked.requestId,
    compute: computeKey(ref),
    reservedAt: now,
    expiresAt: now + heldAtFirstMs,
  };
  let granted = await grantQuota(flow, facts, policy, reservation);
  // Room that is held for the same person on the waiting list is theirs.
  const offers = granted.granted ? [] : await offersTo(flow, asked.forPerson);
  if (offers.length > 0) {
    const held = offers.flatMap(({ offer }) => (offer === null ? [] : [offer.requestId]));
    granted = await grantQuota(flow, facts, policy, reservation, held);
  }
  if (!granted.granted) {
    await leaveName(ledger, claim);
    return refuse(flow, asked, await told(granted, asked.recreates === null));
  }
  const isFirst = await isFirstMachine(flow, facts, policy, asked.forPerson);
  const need = needOf(policy, asked, checked, size, granted.verdict, inRegion, isFirst);
  const request = await accept(flow, asked, machine, size, need);
  // Somebody else wrote a refusal of the same request meanwhile: what was reserved for this one goes back.
  if (request.status === 'refused') {
    await release(ledger, { requestId: asked.requestId, workspace: ref, location });
    await leaveName(ledger, claim);
    return request;
  }
  if (request.settledAt === null) await launchRequest(flow, client, request);
  await fillPlace(flow, request);
  await withdrawOffers(flow, offers);
  return request;
}
