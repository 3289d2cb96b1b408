import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObjectId } from '../../../src/core/ids.ts';
import {
  addCode,
  admitReport,
  type Admission,
  type Enrolment,
  exchangeCode,
  noEnrolment,
  rotateKey,
  validKey,
} from '../../../src/core/session/enrolment.ts';
import { refOf } from '../../support/known-compute.ts';

const now = Date.UTC(2026, 2, 2, 8);
const minuteMs = 60_000;
const ada = parseObjectId('aaaaaaaa-0000-4000-8000-00000000000a');
const bob = parseObjectId('bbbbbbbb-0000-4000-8000-00000000000b');
const key = (keyId: string) => ({ keyId, publicKey: `public ${keyId}` });
const code = (hash: string, createdAt = now) => ({
  hash,
  createdAt,
  createdBy: 'ada',
  validUntil: createdAt + 60 * minuteMs,
  inScript: false,
});

function done(admission: Admission): Enrolment {
  if (!admission.ok) throw new Error(admission.why);
  return admission.enrolment;
}
const enrolled = (): Enrolment =>
  done(exchangeCode(addCode(noEnrolment(refOf('ci-ada')), ada, code('h1')), 'h1', key('k1'), now));

describe('an enrolment', () => {
  it('takes no counter twice and none that falls, and no more than two reports in any minute', () => {
    const attempts = fc.array(
      fc.record({ waitMs: fc.integer({ min: 0, max: 90_000 }), counter: fc.integer({ min: 0, max: 50 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(attempts, (given) => {
        let state = enrolled();
        let at = now;
        const accepted: { at: number; counter: number }[] = [];
        for (const { waitMs, counter } of given) {
          at += waitMs;
          const admission = admitReport(state, 'k1', counter, at);
          const isNewer = counter > (accepted.at(-1)?.counter ?? 0);
          const recent = accepted.filter((one) => one.at > at - minuteMs).length;
          expect(admission.ok).toBe(isNewer && recent < 2);
          if (!admission.ok) continue;
          state = admission.enrolment;
          accepted.push({ at, counter });
        }
      }),
    );
  });

  it('forgets the keys of an owner before, and keeps at most three codes', () => {
    const again = ['h2', 'h3', 'h4', 'h5'].reduce(
      (state, hash) => addCode(state, ada, code(hash)),
      enrolled(),
    );
    const passedOn = addCode(again, bob, code('h6'));

    expect([again.keys.length, again.codes.map(({ hash }) => hash)]).toEqual([1, ['h3', 'h4', 'h5']]);
    expect(passedOn.keys).toEqual([]);
  });

  it('holds the old key a day longer than the new one has been there, however often the answer is lost', () => {
    const first = done(rotateKey(enrolled(), 'k1', key('k2'), now));
    const again = done(rotateKey(first, 'k1', key('k3'), now + 60 * minuteMs));

    expect(again.keys.map(({ keyId }) => keyId)).toEqual(['k1', 'k3']);
    expect(validKey(again, 'k1', now + 24 * 60 * minuteMs - 1)).not.toBeNull();
    expect(validKey(again, 'k1', now + 24 * 60 * minuteMs)).toBeNull();
    expect(rotateKey(again, 'k1', key('k4'), now + 25 * 60 * minuteMs)).toEqual({
      ok: false,
      why: 'unknown-key',
    });
  });
});
