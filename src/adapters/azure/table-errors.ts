import { LamplighterError } from '../../core/errors.ts';

type ErrorLike = {
  readonly statusCode?: unknown;
  readonly code?: string;
  readonly message?: string;
  readonly details?: { readonly odataError?: { readonly code?: string } };
};

const like = (error: unknown): ErrorLike => (typeof error === 'object' && error !== null ? error : {});

/** The service's own error code: in the parsed body for one entity, on the error itself for a transaction. */
export function tableErrorCode(error: unknown): string {
  const { details, code } = like(error);
  return details?.odataError?.code ?? code ?? '';
}

export const isTableMissing = (error: unknown): boolean => tableErrorCode(error) === 'TableNotFound';
export const isRowMissing = (error: unknown): boolean =>
  like(error).statusCode === 404 && !isTableMissing(error);

/** The row is there already, has another ETag, or is gone. A table that is being deleted is also a 409, but no conflict. */
export function isConflict(error: unknown): boolean {
  const { statusCode } = like(error);
  const code = tableErrorCode(error);
  if (statusCode === 409) return code === 'EntityAlreadyExists' || code === 'UpdateConditionNotSatisfied';
  return statusCode === 412 || isRowMissing(error) || isTableMissing(error);
}

/** What is thrown for everything that is not an expected outcome. */
export function ledgerFault(error: unknown): LamplighterError {
  if (error instanceof LamplighterError && error.code.startsWith('ledger.')) return error;
  const { statusCode, message } = like(error);
  const text = String(message ?? error)
    .slice(0, 300)
    .split('\n', 1)[0];
  if (statusCode === 400 || statusCode === 413) {
    return new LamplighterError(`The ledger refused a request: ${text}`, {
      code: 'ledger.refused',
      fault: 'lamplighter',
      fix: 'Please report this with the text above.',
      cause: error,
    });
  }
  const denied = statusCode === 401 || statusCode === 403;
  return new LamplighterError(`The ledger cannot be reached: ${text}`, {
    code: 'ledger.unavailable',
    fault: denied ? 'deployment' : 'azure',
    retryable: true,
    fix: denied
      ? 'Give the app’s identity the role Storage Table Data Contributor on the storage account, and check its firewall.'
      : 'Nothing is stopped meanwhile. Check the storage account if this lasts.',
    cause: error,
  });
}
