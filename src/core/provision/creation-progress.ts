import type { Compute } from '../computes.ts';
import { type CreationFailure, failureOf } from './creation-failure.ts';

export type CreationProgress =
  /** It came to Running; it may have been stopped again since. */
  | { readonly kind: 'made' }
  | { readonly kind: 'not-yet'; readonly state: string }
  | ({ readonly kind: 'failed' } & CreationFailure);

const wordsOf = (compute: Compute, otherwise: string): string =>
  compute.errors.length === 0 ? otherwise : [...new Set(compute.errors)].join('; ');

/** How far a machine is, by what ARM shows of it. A state never seen is waited for. */
export function creationProgress(compute: Compute): CreationProgress {
  const state = compute.state ?? compute.provisioningState ?? 'Unknown';
  switch (state) {
    case 'Running':
    case 'JobRunning':
    case 'Stopping':
    case 'Stopped':
    case 'Restarting':
      return { kind: 'made' };
    case 'SetupFailed':
    case 'UserSetupFailed':
      return { kind: 'failed', code: 'fail.setup', message: wordsOf(compute, `It is in state ${state}.`) };
    case 'CreateFailed':
    case 'Unusable':
    case 'Failed':
      return { kind: 'failed', ...failureOf(wordsOf(compute, 'Azure gives no reason.')) };
  }
  if (compute.provisioningState?.toLowerCase() === 'failed') {
    return { kind: 'failed', ...failureOf(wordsOf(compute, 'Azure gives no reason.')) };
  }
  return { kind: 'not-yet', state };
}
