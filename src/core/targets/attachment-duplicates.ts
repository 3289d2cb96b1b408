import { computeKey, type ComputeKey } from '../ids.ts';
import { type Attachment, byAge, collide } from './attachment.ts';

/** A later attachment of something that is attached already. */
export type Duplicate = {
  readonly later: Attachment;
  /** Those that were there before it, the first of all first; each newer one broke the one before. */
  readonly earlier: readonly [Attachment, ...Attachment[]];
};

/**
 * Every later attachment of the same underlying resource, across workspaces and subscriptions; the first of each is none.
 * Attachments of which Azure does not say what they point at are left out.
 */
export function duplicatesAmong(attachments: readonly Attachment[]): ReadonlyMap<ComputeKey, Duplicate> {
  const byKey = new Map<string, Attachment[]>();
  for (const attachment of attachments) {
    if (attachment.key === null) continue;
    const same = byKey.get(attachment.key);
    if (same === undefined) byKey.set(attachment.key, [attachment]);
    else same.push(attachment);
  }
  const found = new Map<ComputeKey, Duplicate>();
  for (const same of byKey.values()) {
    if (same.length < 2) continue;
    const inOrder = same.toSorted(byAge);
    inOrder.forEach((later, index) => {
      const [first, ...more] = inOrder.slice(0, index).filter((one) => collide(one, later));
      if (first !== undefined) found.set(computeKey(later.ref), { later, earlier: [first, ...more] });
    });
  }
  return found;
}
