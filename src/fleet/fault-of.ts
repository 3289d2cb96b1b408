import { LamplighterError } from '../core/errors.ts';
import type { AzureFailure } from '../ports/azure.ts';

const isFailure = (value: unknown): value is AzureFailure =>
  typeof value === 'object' && value !== null && 'ok' in value && 'kind' in value && 'message' in value;

/** Code and text of whatever went wrong: an answer of Azure's, or something thrown. */
export function faultOf(failure: unknown): { readonly code: string; readonly message: string } {
  if (isFailure(failure)) {
    switch (failure.kind) {
      case 'throttled':
      case 'missing':
      case 'forbidden':
      case 'unanswered':
        return { code: `azure.${failure.kind}`, message: failure.message };
      case 'conflict':
      case 'failed':
        return { code: `azure.${failure.kind}`, message: `${failure.code}: ${failure.message}` };
    }
  }
  if (failure instanceof LamplighterError) return { code: failure.code, message: failure.message };
  return {
    code: 'lamplighter.internal',
    message:
      failure instanceof Error && failure.message !== '' ? failure.message : 'Something without a message.',
  };
}
