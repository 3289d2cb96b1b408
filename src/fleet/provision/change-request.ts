import { LamplighterError } from '../../core/errors.ts';
import { type MachineRequest, readRequest, replaceRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';

const triesAtMost = 20;

/**
 * Changes a request by what `change` makes of it as it is at that moment; null changes nothing. Of several at once each sees
 * what the others wrote. Returns it as it then is; null: there is none.
 */
export async function changeRequest(
  flow: Flow,
  requestId: string,
  change: (request: MachineRequest) => Partial<MachineRequest> | null,
): Promise<MachineRequest | null> {
  const { ledger, clock } = flow.ports;
  for (let attempt = 0; attempt < triesAtMost; attempt += 1) {
    const stored = await readRequest(ledger, requestId);
    if (stored === null) return null;
    const changed = change(stored.request);
    if (changed === null) return stored.request;
    const written = await replaceRequest(ledger, stored, { ...changed, updatedAt: clock.now() });
    if (written !== null) return written.request;
  }
  throw new LamplighterError('The request is being changed by others all the time.', {
    code: 'request.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Try again in a minute.',
  });
}
