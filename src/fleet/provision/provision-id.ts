import { shortHash } from '../../core/ids.ts';

/** The same key of the same person is the same request, for as long as the ledger remembers it. */
export const requestIdOf = (objectId: string, idempotencyKey: string): string =>
  `r${shortHash(`request|${objectId}|${idempotencyKey}`, 24)}`;

/** Workflow of one request: no text from outside ever becomes part of an id. */
export const provisionInstanceId = (requestId: string): string => `prov-${shortHash(requestId, 24)}`;
