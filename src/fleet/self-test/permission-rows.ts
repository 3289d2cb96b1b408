import type { SubscriptionId } from '../../core/ids.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import type { CheckState } from './check.ts';
import { requiredActions, type TestedIdentity } from './required-actions.ts';

export type PermissionRow = {
  readonly subscriptionId: SubscriptionId;
  readonly identity: TestedIdentity;
  readonly state: CheckState;
  /** Actions that the identity lacks there. */
  readonly missing: readonly string[];
  readonly detail: string;
  /** What to do about it; null: nothing needs doing. */
  readonly try: string | null;
};

/** Whether one capability can do its work in one subscription. */
export async function permissionRow(
  flow: Flow,
  subscriptionId: SubscriptionId,
  identity: TestedIdentity,
): Promise<PermissionRow> {
  const { actions, decisive, without, role } = requiredActions[identity];
  const row = { subscriptionId, identity, missing: [] };
  const fix = `Give its identity the role in infra/roles/${role} on the subscription; the template does so.`;
  try {
    const got = await flow.ports.ownIdentity.missing(identity, subscriptionId, actions);
    if (!got.ok) return { ...row, state: 'unknown', detail: faultOf(got).message, try: fix };
    const missing = got.value;
    if (missing.length === 0)
      return { ...row, state: 'ok', detail: 'Everything it needs is allowed.', try: null };
    const isOff = decisive.length > 0 && decisive.every((action) => missing.includes(action));
    return isOff
      ? { ...row, state: 'unknown', missing, detail: `Not set up. ${without}`, try: null }
      : { ...row, state: 'bad', missing, detail: `It lacks ${missing.join(', ')}.`, try: fix };
  } catch (thrown) {
    return { ...row, state: 'unknown', detail: faultOf(thrown).message, try: fix };
  }
}
