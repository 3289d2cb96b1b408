import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalDue,
  type ApprovalStage,
  escalateAtOf,
} from '../../../src/core/provision/approval-stages.ts';

const times = { remindAt: 40, escalateAt: 70, expiresAt: 100 };

describe('a request that waits', () => {
  it.each([
    [0, null, 'ask', 40],
    [1, 'ask', null, 40],
    [40, 'ask', 'reminder', 70],
    [69, 'reminder', null, 70],
    [70, 'reminder', 'escalation', 100],
    [99, 'escalation', null, 100],
    [45, null, 'reminder', 70],
    [80, 'ask', 'escalation', 100],
    [80, null, 'escalation', 100],
  ] as const)(
    'at %i, when %s was told last, has %s due, and then nothing before %i',
    (now, told, due, nextAt) => {
      expect(approvalDue(times, told, now)).toEqual({ due, nextAt });
    },
  );

  it('is escalated halfway between reminder and end, also where no row says when', () => {
    expect(escalateAtOf({ remindAt: 4, escalateAt: null, expiresAt: 24 })).toBe(14);
  });

  it('is told of each stage at most once, in order, whenever the app looks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 30 }), (looks) => {
        const told: ApprovalStage[] = [];
        for (const now of looks.toSorted((one, other) => one - other)) {
          const { due, nextAt } = approvalDue(times, told.at(-1) ?? null, now);
          expect(nextAt).toBeGreaterThan(now);
          if (due !== null) told.push(due);
        }
        expect(told).toEqual(
          ['ask', 'reminder', 'escalation'].filter((stage) => told.includes(stage as ApprovalStage)),
        );
      }),
    );
  });
});
