import { LamplighterError } from '../../core/errors.ts';
import type { Policy } from '../../core/policy/types.ts';
import { nextInLine } from '../../core/waiting/next-in-line.ts';
import type { Place } from '../../core/waiting/place.ts';
import { expiredText, lapsedText, waitingText } from '../../core/waiting/place-text.ts';
import { listOpenPlaces } from '../../ledger/waiting-list.ts';
import type { Flow } from '../flow.ts';
import { type FleetFacts, fleetFacts } from '../provision/fleet-facts.ts';
import { policyForRequests } from '../provision/policy-for-requests.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { changePlace, endPlace, requestIdOfPlace } from './change-place.ts';
import { offerRoom, tellOffer } from './offer-room.ts';
import { tellPlace } from './tell-place.ts';
import { type WeighedPlace, weighPlace } from './weigh-place.ts';

/** The rest is served five minutes later. */
const servedAtOnce = 20;

/** Ends what was waited for, or held, too long, and tells those who were not reached before. */
async function tidy(flow: Flow, places: readonly Place[], now: number): Promise<readonly Place[]> {
  const waiting: Place[] = [];
  for (const place of places) {
    if (place.offer !== null && place.state === 'offered') {
      if (now < place.offer.until) await tellOffer(flow, place);
      else await end(flow, place, 'lapsed', lapsedText(place));
    } else if (now >= place.until) await end(flow, place, 'expired', expiredText(place, now));
    else waiting.push(place);
  }
  return waiting;
}

async function end(
  flow: Flow,
  { placeId }: Place,
  state: 'lapsed' | 'expired',
  sentence: string,
): Promise<void> {
  const ended = await endPlace(flow, placeId, state, () => sentence);
  if (ended !== null) await tellPlace(flow, ended);
}

/** Null: it cannot be weighed now, so that it waits on without standing in anybody's way. */
async function weighed(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  place: Place,
): Promise<WeighedPlace | null> {
  try {
    return await weighPlace(flow, facts, policy, place, requestIdOfPlace(place));
  } catch (thrown) {
    if (thrown instanceof LamplighterError && thrown.retryable) return null;
    throw thrown;
  }
}

/** Shows what a place waits for now, where that has changed. */
async function note(flow: Flow, place: Place, { limits, inLine }: WeighedPlace, now: number): Promise<void> {
  if (inLine.fits || JSON.stringify(limits) === JSON.stringify(place.limits)) return;
  await changePlace(flow, place.placeId, (current) =>
    current.state === 'waiting' ? { limits, sentence: waitingText(current, limits, now) } : null,
  );
}

/** `false`: somebody else was first, or it cannot be told now. */
async function offered(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  client: DurableStarter,
  place: Place,
): Promise<boolean> {
  try {
    return await offerRoom(flow, facts, policy, client, place);
  } catch (thrown) {
    if (thrown instanceof LamplighterError && thrown.retryable) return false;
    throw thrown;
  }
}

/**
 * Gives room that there is by now to those who wait, first come first served. It may run at any time, several times at once,
 * and again after a crash: quota is reserved atomically, and a place is offered room once.
 */
export async function serveWaitingList(
  flow: Flow,
  client: DurableStarter,
): Promise<{ readonly served: number }> {
  const { ledger, clock } = flow.ports;
  const open = (await listOpenPlaces(ledger)).map(({ place }) => place);
  if (open.length === 0) return { served: 0 };
  const now = clock.now();
  let line = await tidy(flow, open, now);
  if (line.length === 0) return { served: 0 };
  const facts = fleetFacts(flow);
  const policy = await policyForRequests(flow);
  let served = 0;
  for (let turn = 0; turn < servedAtOnce && line.length > 0; turn += 1) {
    const weights = new Map<string, WeighedPlace>();
    for (const place of line) {
      const weight = await weighed(flow, facts, policy, place);
      if (weight === null) continue;
      weights.set(place.placeId, weight);
      if (turn === 0) await note(flow, place, weight, now);
    }
    const { next, passed } = nextInLine([...weights.values()].map(({ inLine }) => inLine));
    const place = line.find(({ placeId }) => placeId === next);
    if (place === undefined) break;
    line = line.filter((one) => one !== place);
    if (!(await offered(flow, facts, policy, client, place))) continue;
    served += 1;
    for (const placeId of passed) {
      await changePlace(flow, placeId, (current) => ({ overtaken: current.overtaken + 1 }));
    }
    line = line.map((one) => (passed.includes(one.placeId) ? { ...one, overtaken: one.overtaken + 1 } : one));
  }
  return { served };
}

/** The same beside other work, which must not fail by it: the timer does it again within five minutes. */
export async function serveAside(flow: Flow, client: DurableStarter): Promise<void> {
  try {
    await serveWaitingList(flow, client);
  } catch (thrown) {
    if (!(thrown instanceof LamplighterError)) throw thrown;
  }
}
