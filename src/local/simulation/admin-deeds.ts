import { readPendingPolicy } from '../../ledger/policies.ts';
import { answered, refused, type DeedOutcome } from './deed-outcome.ts';
import type { DoorAnswer } from './people.ts';
import type { Stage } from './stage.ts';

type Send = (method: 'GET' | 'POST', path: string, body?: object) => Promise<DoorAnswer>;

const isHeld = (batch: unknown): batch is { batchId: string } =>
  typeof batch === 'object' && batch !== null && 'status' in batch && batch.status === 'held';

/** Lets pass what the blast limit holds: a batch of computes, else a changed policy that would newly warn too many. */
export async function release(stage: Stage, send: Send, by: string): Promise<DeedOutcome> {
  const listed = await send('GET', '/api/batches');
  if (!listed.ok) return answered(listed, '');
  const batches = Array.isArray(listed.json['batches']) ? (listed.json['batches'] as unknown[]) : [];
  const held = batches.find(isHeld);
  if (held !== undefined) {
    const released = await send('POST', `/api/batches/${encodeURIComponent(held.batchId)}/release`);
    return answered(released, `${by} releases the batch that the blast limit holds.`);
  }
  const pending = (await readPendingPolicy(stage.ledger))?.pending;
  if (pending === undefined) return refused('The blast limit holds nothing.');
  const approved = await send('POST', `/api/policy/approvals/${pending.hash}`);
  return answered(approved, `${by} approves the changed policy that waits.`);
}
