import { claimName } from '../../ledger/name-claims.ts';
import { prolong } from '../../ledger/reservations.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { Flow } from '../flow.ts';
import { type DurableStarter, startOrchestration } from '../start-orchestration.ts';
import { provisionInstanceId } from './provision-id.ts';

const hourMs = 3_600_000;
/** Longer than any creation with all its tries takes; it is given back as soon as the machine shows, or has failed. */
const heldWhileMakingMs = 26 * hourMs;
/** A process that dies right after it has reserved leaves no more than this. */
export const heldAtFirstMs = hourMs / 4;

/** Keeps quota and name for as long as the request may take, and starts its workflow. Doing it again changes nothing. */
export async function launchRequest(
  flow: Flow,
  client: DurableStarter,
  request: MachineRequest,
): Promise<void> {
  const { ledger, clock } = flow.ports;
  const { machine, requestId } = request;
  const now = clock.now();
  if (machine !== null && request.endedAt === null) {
    const until = (request.approval?.expiresAt ?? now) + heldWhileMakingMs;
    const place = { requestId, workspace: machine.ref, location: machine.location };
    await prolong(ledger, place, until, now);
    const claim = { location: machine.location, name: machine.ref.compute, requestId };
    await claimName(ledger, claim, now, until);
  }
  const workflow = request.recreation === null ? orchestrations.provision : orchestrations.recreate;
  await startOrchestration(client, workflow, provisionInstanceId(requestId), { requestId });
}
