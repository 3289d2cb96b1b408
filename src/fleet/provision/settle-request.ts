import { computeKey } from '../../core/ids.ts';
import { leaveName } from '../../ledger/name-claims.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import { release } from '../../ledger/reservations.ts';
import type { Flow } from '../flow.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { serveAside } from '../waiting/serve-waiting-list.ts';
import { changeRequest } from './change-request.ts';
import { tellEndOf } from './tell-request.ts';

export type SettledRequest =
  | { readonly kind: 'settled'; readonly status: string }
  | { readonly kind: 'again'; readonly nextAt: number };

const againMs = 2 * 60_000;
/** Other readings of the region may be older than ours by moments: until they show the machine, the promise counts too. */
const heldAfterShownMs = 60_000;
const tellAgainMs = 10 * 60_000;

/** True once Azure's own numbers have held the machine for a while, or there is none to be held. */
async function isCounted(flow: Flow, request: MachineRequest): Promise<boolean> {
  const { quotas, clock } = flow.ports;
  const { machine } = request;
  if (request.status !== 'completed' || machine === null) return true;
  const now = clock.now();
  if (request.shownAt !== null) return now - request.shownAt >= heldAfterShownMs;
  const usages = await quotas.read(machine.ref.subscriptionId, machine.location);
  if (usages.ok && usages.value.shown.has(computeKey(machine.ref))) {
    await changeRequest(flow, request.requestId, (current) =>
      current.shownAt === null ? { shownAt: now } : null,
    );
  }
  return false;
}

/** Tells whom it concerns how it ended, and gives back what was held for it. */
export async function settleRequest(
  flow: Flow,
  client: DurableStarter,
  { requestId, lastTry }: { readonly requestId: string; readonly lastTry: boolean },
): Promise<SettledRequest> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  let request = (await readRequest(ledger, requestId))?.request ?? null;
  if (request === null) return { kind: 'settled', status: 'missing' };
  if (request.settledAt !== null) return { kind: 'settled', status: request.status };
  if (request.endedAt === null) return { kind: 'again', nextAt: now + againMs };
  if (request.toldAt === null && (await tellEndOf(flow, request))) {
    request =
      (await changeRequest(flow, requestId, ({ tellings }) => ({ toldAt: now, tellings: tellings + 1 }))) ??
      request;
  }
  const counted = await isCounted(flow, request);
  if (counted || lastTry) await letGo(flow, request);
  // Nothing was made, so that there is room again.
  if (request.status !== 'completed') await serveAside(flow, client);
  if ((counted && request.toldAt !== null) || lastTry) {
    await changeRequest(flow, requestId, () => ({ settledAt: now }));
    return { kind: 'settled', status: request.status };
  }
  return { kind: 'again', nextAt: now + (counted ? tellAgainMs : heldAfterShownMs) };
}

async function letGo(flow: Flow, { machine, requestId }: MachineRequest): Promise<void> {
  if (machine === null) return;
  const { ref, location } = machine;
  await release(flow.ports.ledger, { requestId, workspace: ref, location });
  await leaveName(flow.ports.ledger, { location, name: ref.compute, requestId });
}
