import type { Policy } from '../../core/policy/types.ts';
import type { InstanceWish } from '../../core/provision/instance-wish.ts';
import { workspaceKey } from '../../core/ids.ts';
import type { QuotaVerdict } from '../../core/quota/types.ts';
import { limitText } from '../../core/quota/limit-text.ts';
import { awaited, couldEverFit, isOfLimit, isOpen, type Place } from '../../core/waiting/place.ts';
import { waitingText } from '../../core/waiting/place-text.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import { listOpenPlaces, placeIdOf, readPlace, writePlace } from '../../ledger/waiting-list.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { policyForRequests } from '../provision/policy-for-requests.ts';
import { wrongStatus } from '../provision/request-faults.ts';
import { placeConflict } from './change-place.ts';
import { weighWish } from './weigh-place.ts';

const dayMs = 86_400_000;
/** Who has found no room by then is told, and may ask again. */
const keptMs = 14 * dayMs;
const placesPerPerson = 5;
const triesAtMost = 10;

function wishIn(request: MachineRequest): InstanceWish {
  if (request.status !== 'refused') {
    throw wrongStatus(request, 'put on the waiting list', 'Only what was refused for want of room waits.');
  }
  const others = request.refusals.filter(({ code }) => !isOfLimit(code));
  const [first] = others;
  if (first !== undefined) {
    throw placeConflict(
      `Waiting does not help against ${first.code}: ${first.detail}`,
      `${first.fix} Then ask anew.`,
    );
  }
  if (request.recreation !== null) {
    throw placeConflict(
      'The list is for new machines: one that is there already cannot wait for another size.',
      'Choose a size that has room, or send the resize again later.',
    );
  }
  if (request.wish === null) {
    throw placeConflict('It is not known any more what was asked for.', 'Ask anew.');
  }
  return request.wish;
}

/** Throws where no room would ever be enough. */
function hopeOf(verdict: QuotaVerdict): void {
  const never = verdict.refusals.find((limit) => !couldEverFit(limit));
  if (never === undefined) return;
  throw placeConflict(
    `No room would ever be enough for it: ${limitText(never)}`,
    'Ask for something smaller, or ask an admin for a higher limit.',
  );
}

/**
 * Gives a refused request a place on the waiting list: one per person and size, behind all who came before. Asked again it
 * is the same place, kept longer; for another workspace it is a new one at the end. Throws `place.conflict` where waiting
 * does not help, `request.conflict` where nothing was refused, and retryable faults where quota cannot be read.
 */
export async function takePlace(
  flow: Flow,
  facts: FleetFacts,
  request: MachineRequest,
  how: { readonly autoStart: boolean },
): Promise<Place> {
  const { ledger, clock } = flow.ports;
  const wish = wishIn(request);
  const policy: Policy = await policyForRequests(flow);
  const verdict = await weighWish(flow, facts, policy, wish, request.requestId);
  if (verdict === null) throw placeConflict(`${wish.vmSize} is not to be had there any more.`, 'Ask anew.');
  hopeOf(verdict);
  const placeId = placeIdOf(wish.forPerson.objectId, wish.vmSize);
  const now = clock.now();
  for (let attempt = 0; attempt < triesAtMost; attempt += 1) {
    const stored = await readPlace(ledger, placeId);
    const before = stored !== null && isOpen(stored.place) ? stored.place : null;
    if (before?.state === 'offered') return before;
    if (before === null) await checkCount(flow, wish);
    const keeps = before !== null && workspaceKey(before.wish.workspace) === workspaceKey(wish.workspace);
    const until = now + keptMs;
    const limits = verdict.refusals.map(awaited);
    const place: Place = {
      placeId,
      fromRequestId: request.requestId,
      wish,
      since: keeps ? before.since : now,
      until,
      autoStart: how.autoStart,
      limits,
      overtaken: keeps ? before.overtaken : 0,
      attempt: keeps ? before.attempt : 0,
      state: 'waiting',
      offer: null,
      requestId: null,
      sentence: waitingText({ wish, until, autoStart: how.autoStart }, limits, now),
      updatedAt: now,
      endedAt: null,
    };
    const written = await writePlace(ledger, stored, place);
    if (written !== null) return written.place;
  }
  throw placeConflict('The place is being changed by others all the time.', 'Try again in a minute.');
}

async function checkCount(flow: Flow, { forPerson }: InstanceWish): Promise<void> {
  const own = (await listOpenPlaces(flow.ports.ledger)).filter(
    ({ place }) => place.wish.forPerson.objectId === forPerson.objectId,
  );
  if (own.length < placesPerPerson) return;
  throw placeConflict(
    `Nobody has more than ${placesPerPerson} places on the waiting list at a time.`,
    'Leave one first: DELETE /api/waiting-list/{placeId}.',
  );
}
