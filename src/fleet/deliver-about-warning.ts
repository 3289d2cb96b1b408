import type { ObjectId } from '../core/ids.ts';
import { readOwners } from '../ledger/owners.ts';
import type { Warning } from '../ledger/warnings.ts';
import type { Delivery, Message } from '../ports/notifier.ts';
import type { Flow } from './flow.ts';
import { deliver } from './tell.ts';

type About = Pick<Warning, 'reason' | 'owner' | 'ref'>;

/** Whose a message about a warning is; null: the admins', since its owner is not there to read it. */
export const readerOf = ({ reason, owner }: About): Warning['owner'] =>
  reason === 'warn.owner-gone' ? null : owner;

async function managerOf(flow: Flow, { owner, ref }: About): Promise<ObjectId | null> {
  if (owner === null) return null;
  return (await readOwners(flow.ports.ledger, ref)).get(owner.objectId)?.managerId ?? null;
}

/**
 * Tells the owner of an instance; of one whose owner is gone, the admins and the manager, as far as the directory names
 * one. That the admins were told counts.
 */
export async function deliverAboutWarning(
  flow: Flow,
  about: About,
  message: Omit<Message, 'to'>,
): Promise<Delivery> {
  const delivery = await deliver(flow, { ...message, to: readerOf(about) });
  if (about.reason !== 'warn.owner-gone' || !delivery.accepted) return delivery;
  const manager = await managerOf(flow, about);
  if (manager !== null) {
    await deliver(flow, { ...message, id: `${message.id}-manager`, to: { objectId: manager, name: null } });
  }
  return delivery;
}
