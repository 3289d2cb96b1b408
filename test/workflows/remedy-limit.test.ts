import { describe, expect, it } from 'vitest';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { parseComputeArmId } from '../../src/core/ids.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import type { Flow } from '../../src/fleet/flow.ts';
import { releaseBatch } from '../../src/fleet/release-batch.ts';
import { heldByRemedyLimit } from '../../src/fleet/remedy-limit.ts';
import { announceRepair } from '../../src/ledger/repairs.ts';

const hour = 3_600_000;
const refOf = (number: number) =>
  parseComputeArmId(
    `/subscriptions/6123c8a0-a3e7-4fe1-8906-ef18a66f6247/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1/computes/cluster-${number}`,
  );

describe('remedies that an admin has released from the blast limit', () => {
  it('pass for a day, and are held again when a fault of the policy meets the same computes later', async () => {
    let now = Date.parse('2026-03-02T08:00:00Z');
    const ledger = createMemoryLedger();
    const notifier = { send: async () => ({ accepted: true, channel: 'test' }) };
    const flow = { ports: { ledger, notifier, clock: { now: () => now } } } as unknown as Flow;
    const parsed = parsePolicy('version: 1\n');
    if (!parsed.ok) throw new Error('The policy is wrong.');
    const due = (number: number) => ({ ref: refOf(number), dueAt: now + hour });
    const isHeld = (number: number) => heldByRemedyLimit(flow, due(number), [parsed.policy]);
    const announceAll = async () => {
      for (let number = 0; number < 8; number += 1) await announceRepair(ledger, due(number));
    };

    await announceAll();
    expect(await isHeld(0)).toBe(true);
    await releaseBatch(flow, null, 'root');
    expect(await isHeld(0)).toBe(false);
    now += 90 * 24 * hour;
    await announceAll();
    expect(await isHeld(0)).toBe(true);
    await releaseBatch(flow, null, 'root');
    expect(await isHeld(7)).toBe(false);
  });
});
