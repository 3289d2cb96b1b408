import type { FailureCode } from '../../core/policy/codes.ts';
import { nextTryAt } from '../../core/provision/creation-failure.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';

export type WeighedFailure = { readonly kind: 'again'; readonly at: number } | { readonly kind: 'final' };

export type FailureInput = {
  readonly requestId: string;
  readonly code: FailureCode;
  readonly message: string;
};

/** Whether what failed is tried again; what is left of it is deleted before. */
export async function weighFailure(flow: Flow, input: FailureInput): Promise<WeighedFailure> {
  const now = flow.ports.clock.now();
  const request = await changeRequest(flow, input.requestId, () => ({
    acceptedAt: null,
    reason: input.code,
  }));
  if (request === null || request.cancelled !== null) return { kind: 'final' };
  const tries = { count: request.tries, firstAt: request.firstTryAt ?? now };
  const at = nextTryAt(input.code, tries, now);
  return at === null ? { kind: 'final' } : { kind: 'again', at };
}
