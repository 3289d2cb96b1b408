import type { Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { workspaceKey } from '../../core/ids.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { Policy } from '../../core/policy/types.ts';
import { quotaVerdict } from '../../core/quota/quota-verdict.ts';
import type { QuotaInput } from '../../core/quota/types.ts';
import { isForInstances, sizeFaults } from '../../core/targets/size-rules.ts';
import type { FleetFacts } from './fleet-facts.ts';

/** Each region that is looked at costs a few calls to Azure. */
const regionsTriedAtMost = 4;
const shownAtMost = 3;

type Place = Pick<Workspace, 'workspace' | 'location'>;

/** What cannot be read there is no place to send anybody to. */
async function hasRoom(
  facts: FleetFacts,
  policy: Policy,
  input: QuotaInput,
  vmSize: string,
  workspace: Workspace,
): Promise<boolean> {
  const { asked } = input;
  if (asked === null) return false;
  const { subscriptionId, location } = workspace;
  try {
    const size = (await facts.sizes(subscriptionId, location)).get(vmSize.toLowerCase());
    if (size === undefined || !isForInstances(size)) return false;
    const subject = {
      ...asked.subject,
      subscription: subscriptionId,
      workspace: workspace.workspace,
      family: size.family,
    };
    if (sizeFaults(size.name, resourceRulesFor(policy, subject).sizes).length > 0) return false;
    const azure = await facts.usages(subscriptionId, location);
    const there = { ...asked, workspace, location, subject, family: size.family };
    return quotaVerdict({ ...input, azure, asked: there }).outcome === 'granted';
  } catch (thrown) {
    if (thrown instanceof LamplighterError) return false;
    throw thrown;
  }
}

/** Other workspaces in scope in which the same size would be granted as things are: of the same region first. */
export async function workspacesWithRoom(
  facts: FleetFacts,
  policy: Policy,
  input: QuotaInput,
  vmSize: string,
): Promise<readonly Place[]> {
  const { asked } = input;
  if (asked === null) return [];
  const own = workspaceKey(asked.workspace);
  const isNear = ({ location }: Workspace): number => (location === asked.location ? 0 : 1);
  const others = (await facts.workspaces())
    .filter((one) => workspaceKey(one) !== own)
    .toSorted((one, other) => isNear(one) - isNear(other));
  const regions = new Set<string>();
  const found: Place[] = [];
  for (const workspace of others) {
    if (found.length === shownAtMost) break;
    regions.add(`${workspace.subscriptionId}/${workspace.location}`);
    if (regions.size > regionsTriedAtMost) break;
    if (await hasRoom(facts, policy, input, vmSize, workspace)) found.push(workspace);
  }
  return found;
}
