import type { ComputeRef, ObjectId } from '../core/ids.ts';
import { addCode, type Enrolment } from '../core/session/enrolment.ts';
import { codeFrom, codeHashOf } from '../core/session/enrolment-code.ts';
import { pointTo, readEnrolment } from '../ledger/enrolments.ts';
import { changeEnrolment } from './enrol-signed.ts';
import type { Flow } from './flow.ts';

/** A code that nobody used is forgotten a day after it expired. */
const forgottenAfterMs = 86_400_000;

export type NewCode = {
  readonly ref: ComputeRef;
  readonly owner: ObjectId | null;
  /** Who asked for it, to be shown beside the enrolment. */
  readonly by: string;
  readonly validForMs: number;
  /** `codeBytes` random bytes. */
  readonly random: Uint8Array;
  /** It goes into a setup script. Default: it is shown to a person. */
  readonly inScript?: boolean;
};

/** Makes a one-time code. The ledger gets its hash; the code itself is in the answer and nowhere else. */
export async function createCode(
  flow: Flow,
  { ref, owner, by, validForMs, random, inScript = false }: NewCode,
): Promise<{ readonly code: string; readonly validUntil: number; readonly enrolment: Enrolment }> {
  const { ledger, clock } = flow.ports;
  const createdAt = clock.now();
  const validUntil = createdAt + validForMs;
  const code = codeFrom(random);
  const hash = codeHashOf(code) ?? '';
  await pointTo(ledger, { by: 'code', id: hash }, ref, validUntil + forgottenAfterMs);
  const enrolment = await changeEnrolment(flow, await readEnrolment(ledger, ref), (before) => ({
    ok: true,
    enrolment: addCode(before, owner, { hash, createdAt, createdBy: by, validUntil, inScript }),
  }));
  return { code, validUntil, enrolment };
}
