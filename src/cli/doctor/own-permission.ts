import type { SubscriptionId } from '../../core/ids.ts';
import { faultOf } from '../../fleet/fault-of.ts';
import type { PermissionRow } from '../../fleet/self-test/permission-rows.ts';
import { requiredActions, type TestedIdentity } from '../../fleet/self-test/required-actions.ts';
import type { CallersAzure } from '../azure/callers-azure.ts';
import { roleFix } from './check-parts.ts';

const ml = 'Microsoft.MachineLearningServices';
/** Without these nothing can be judged; without the others of the reader some findings are incomplete. */
const needed: ReadonlySet<string> = new Set([
  `${ml}/workspaces/read`,
  `${ml}/workspaces/computes/read`,
  `${ml}/workspaces/jobs/read`,
  `${ml}/locations/vmSizes/read`,
  'Microsoft.Insights/metrics/read',
]);

/** What the caller lacks of what a capability of a deployment may do; only reading matters to a plan. */
export async function ownPermission(
  azure: CallersAzure,
  subscriptionId: SubscriptionId,
  identity: TestedIdentity,
): Promise<PermissionRow> {
  const row = { subscriptionId, identity, missing: [], try: null };
  const got = await azure.ports.ownIdentity.missing(
    identity,
    subscriptionId,
    requiredActions[identity].actions,
  );
  if (!got.ok) return { ...row, state: 'unknown', detail: faultOf(got).message };
  const missing = got.value;
  if (missing.length === 0) return { ...row, state: 'ok', detail: 'You may do all of it.' };
  const lacks = `You lack ${missing.join(', ')}.`;
  if (identity !== 'reader') {
    return { ...row, missing, state: 'unknown', detail: `No command needs it of you. ${lacks}` };
  }
  return missing.some((action) => needed.has(action))
    ? { ...row, missing, state: 'bad', detail: lacks, try: roleFix }
    : { ...row, missing, state: 'unknown', detail: `${lacks} Findings that need it are incomplete.` };
}
