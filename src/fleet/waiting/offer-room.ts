import { computeKey, shortHash } from '../../core/ids.ts';
import type { Policy } from '../../core/policy/types.ts';
import { isOfLimit, type Place } from '../../core/waiting/place.ts';
import { offeredText, refusedPlaceText } from '../../core/waiting/place-text.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import { prolong } from '../../ledger/reservations.ts';
import type { Flow } from '../flow.ts';
import type { AskedMachine } from '../provision/asked-machine.ts';
import { checkRules } from '../provision/check-rules.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { grantQuota } from '../provision/grant-quota.ts';
import { heldAtFirstMs } from '../provision/launch-request.ts';
import { submitRequest } from '../provision/submit-request.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { changePlace, endPlace, giveRoomBack, requestIdOfPlace } from './change-place.ts';
import { fillPlace } from './fill-place.ts';
import { tellPlace } from './tell-place.ts';
import { machineOfWish } from './weigh-place.ts';

const hourMs = 3_600_000;
/** So long room is held for whoever was told of it. */
export const heldForMs = 4 * hourMs;

export const askedFor = ({ wish }: Place, requestId: string): AskedMachine => ({
  ...wish,
  requestId,
  bodyHash: shortHash(JSON.stringify(wish)),
  recreates: null,
});

/** More than room stands against it: nobody waits for what will not come. */
async function endRefused(flow: Flow, place: Place, why: string): Promise<void> {
  const ended = await endPlace(flow, place.placeId, 'refused', (one) => refusedPlaceText(one, why));
  if (ended !== null) await tellPlace(flow, ended);
}

/** Back into the line, at its old place: the next try is another request. */
const backInLine = (flow: Flow, { placeId, attempt }: Place) =>
  changePlace(flow, placeId, (current) =>
    current.attempt === attempt && (current.state === 'waiting' || current.state === 'offered')
      ? { state: 'waiting', offer: null, attempt: attempt + 1 }
      : null,
  );

/**
 * Asks for the machine of a place, through all the rules, approval included. Lost to somebody else at the last moment, it
 * waits on. Throws retryable faults.
 */
export async function askForPlace(
  flow: Flow,
  facts: FleetFacts,
  client: DurableStarter,
  place: Place,
): Promise<MachineRequest> {
  const request = await submitRequest(flow, facts, client, askedFor(place, requestIdOfPlace(place)));
  if (request.status !== 'refused') await fillPlace(flow, request);
  else if (request.refusals.every(({ code }) => isOfLimit(code))) await backInLine(flow, place);
  else await endRefused(flow, place, request.sentence);
  return request;
}

async function isSwitchedOff(flow: Flow, { wish }: Place): Promise<boolean> {
  const person = await flow.ports.directory.person(wish.forPerson.objectId);
  return person.ok && !person.value.enabled;
}

/** Holds the room of a place for its person. `false`: somebody else was first. */
async function hold(flow: Flow, facts: FleetFacts, policy: Policy, place: Place): Promise<boolean> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const requestId = requestIdOfPlace(place);
  const asked = await machineOfWish(facts, policy, place.wish, requestId);
  const checked = await checkRules(flow, facts, policy, askedFor(place, requestId));
  const [first] = checked.refusals;
  if (asked === null || checked.ref === null || first !== undefined) {
    await endRefused(
      flow,
      place,
      first === undefined ? 'Its region no longer offers the size.' : first.detail,
    );
    return false;
  }
  const { size: _, ...wanted } = asked;
  const granted = await grantQuota(flow, facts, policy, {
    ...wanted,
    requestId,
    compute: computeKey(checked.ref),
    reservedAt: now,
    // Who dies before the place says so leaves no more than this.
    expiresAt: now + heldAtFirstMs,
  });
  if (!granted.granted) return false;
  const until = now + heldForMs;
  const stored = await changePlace(flow, place.placeId, (current) =>
    current.state === 'waiting' && current.attempt === place.attempt && current.since === place.since
      ? {
          state: 'offered',
          offer: { requestId, until, toldAt: null },
          sentence: offeredText(current, until, now),
        }
      : null,
  );
  const offer = stored?.place.offer ?? null;
  if (offer?.requestId !== requestId) {
    await giveRoomBack(flow, { ...place, offer: { requestId, until, toldAt: null } });
    return false;
  }
  await prolong(
    ledger,
    { requestId, workspace: checked.ref, location: place.wish.workspace.location },
    until,
    now,
  );
  return true;
}

/** Tells whom room is held for; from then on the time runs in which it can be confirmed. */
export async function tellOffer(flow: Flow, place: Place): Promise<void> {
  const { ledger, clock } = flow.ports;
  if (place.offer === null || place.offer.toldAt !== null) return;
  if (!(await tellPlace(flow, place))) return;
  const now = clock.now();
  const until = Math.max(place.offer.until, now + heldForMs);
  const told = await changePlace(flow, place.placeId, (current) =>
    current.state === 'offered' && current.offer !== null && current.offer.toldAt === null
      ? { offer: { ...current.offer, until, toldAt: now }, sentence: offeredText(current, until, now) }
      : null,
  );
  const offer = told?.place.offer ?? null;
  if (offer === null) return;
  const { workspace } = place.wish;
  const held = { requestId: offer.requestId, workspace, location: workspace.location };
  await prolong(ledger, held, offer.until, now);
}

/**
 * Gives the room that there is to a place: asks for its machine at once where its person wanted that, else holds the room and
 * tells them. `false`: nothing came of it now. Throws retryable faults.
 */
export async function offerRoom(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  client: DurableStarter,
  place: Place,
): Promise<boolean> {
  if (await isSwitchedOff(flow, place)) {
    await endRefused(flow, place, 'The account of this person is switched off.');
    return false;
  }
  if (place.autoStart) {
    const request = await askForPlace(flow, facts, client, place);
    return request.status !== 'refused';
  }
  if (!(await hold(flow, facts, policy, place))) return false;
  const offered = await changePlace(flow, place.placeId, () => null);
  if (offered !== null) await tellOffer(flow, offered.place);
  return true;
}
