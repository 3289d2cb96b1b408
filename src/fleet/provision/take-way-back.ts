import type { FailureCode } from '../../core/policy/codes.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';

export type WayBack =
  /** What is left of the try is deleted, and it is made again then: in its old size. */
  | { readonly kind: 'again'; readonly at: number }
  /** It could not be made in its old size either. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'over' };

export type WayBackInput = {
  readonly requestId: string;
  readonly code: FailureCode;
  readonly message: string;
};

const minuteMs = 60_000;
/** Its owner has no machine meanwhile: so often it is tried in its old size before a person is asked. */
const waitsMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, 60 * minuteMs] as const;

/** Turns back: what could not be made in its new size is made in its old one, at once, and that is tried for two hours. */
export async function takeWayBack(flow: Flow, input: WayBackInput): Promise<WayBack> {
  const now = flow.ports.clock.now();
  let answer: WayBack = { kind: 'over' };
  await changeRequest(flow, input.requestId, (current) => {
    const { recreation, machine } = current;
    answer = { kind: 'over' };
    if (recreation === null || machine === null || current.status !== 'provisioning') return null;
    const failure = recreation.failure ?? { code: input.code, message: input.message };
    const afresh = { acceptedAt: null, reason: input.code, tries: 0, firstTryAt: null };
    if (recreation.kind === 'resize' && recreation.wentBackAt === null) {
      answer = { kind: 'again', at: now };
      const back = { ...recreation, wentBackAt: now, failure };
      return { ...afresh, machine: recreation.snapshot, recreation: back };
    }
    const waitMs = waitsMs[recreation.failedBack];
    answer = waitMs === undefined ? { kind: 'lost' } : { kind: 'again', at: now + waitMs };
    return { ...afresh, recreation: { ...recreation, failure, failedBack: recreation.failedBack + 1 } };
  });
  return answer;
}
