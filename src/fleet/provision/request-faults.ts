import { LamplighterError } from '../../core/errors.ts';
import type { MachineRequest } from '../../ledger/requests.ts';

/** The same for what is not there and for what is somebody else's: ids are not to be probed. */
export const noSuchRequest = (): LamplighterError =>
  new LamplighterError('There is no such request that you may see.', {
    code: 'request.not-found',
    fault: 'caller',
    field: 'requestId',
    fix: 'GET /api/requests lists those that you may see.',
  });

/** What somebody wants of a request is no longer, or not yet, possible. */
export const wrongStatus = (request: MachineRequest, wanted: string, fix: string): LamplighterError =>
  new LamplighterError(`The request cannot be ${wanted}: it is ${request.status}.`, {
    code: 'request.conflict',
    fault: 'caller',
    field: 'requestId',
    fix,
  });
