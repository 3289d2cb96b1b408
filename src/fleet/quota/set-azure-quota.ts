import type { Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { workspaceKey } from '../../core/ids.ts';
import { quotaWord } from '../../core/quota/azure-quota-word.ts';
import { checkWorkspaceLimit, type WorkspaceLimitFault } from '../../core/quota/workspace-limit.ts';
import { type AzureQuotaChange, putAzureQuotaChange } from '../../ledger/azure-quotas.ts';
import { isHalted } from '../../ledger/flags.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';

export type QuotaWish = {
  readonly workspace: Workspace;
  readonly family: string;
  readonly cores: number;
  readonly by: string;
  readonly why: string | null;
};

function refused({ code, field, detail }: WorkspaceLimitFault): LamplighterError {
  if (field === null) {
    return new LamplighterError(`${detail}, and nothing is set without knowing.`, {
      code,
      fault: 'azure',
      retryable: true,
      fix: 'Send it again in a minute.',
    });
  }
  const fix =
    field === 'family'
      ? 'Give the family as the region’s sizes spell it, such as standardDSv2Family.'
      : code === 'quota.below-use'
        ? 'Set at least that, or have instances deleted first: a stopped one keeps its quota.'
        : 'Set at most that; a limit equal to it leaves the workspace as free as one without.';
  return new LamplighterError(`${field} cannot be set so: ${detail}.`, { code, fault: 'caller', field, fix });
}

function unset(failure: AzureFailure): LamplighterError {
  const { code, message } = faultOf(failure);
  if (failure.kind === 'forbidden') {
    return new LamplighterError(`Azure does not let Lamplighter set quotas: ${message}`, {
      code: 'quota.not-allowed',
      fault: 'deployment',
      fix: 'Deploy with allowSettingQuotas=true: the provisioner’s identity needs Microsoft.MachineLearningServices/locations/updateQuotas/action on the subscription.',
    });
  }
  const passing = failure.kind !== 'missing' && (failure.kind !== 'failed' || failure.status >= 500);
  return new LamplighterError(`Azure has not confirmed the limit: ${message}`, {
    code,
    fault: 'azure',
    retryable: passing,
    fix: 'GET /api/quota shows what is set now; send it again if it is not.',
  });
}

/**
 * Sets Azure's own limit of one workspace and family, as an admin asks: checked first, written down before Azure is asked
 * and again with its word. Setting the same twice is the same. Throws `quota.family`, `quota.below-use`,
 * `quota.above-subscription`, `quota.unreadable`, `quota.halted`, `quota.not-allowed`, `quota.azure-refused`, and what cannot be read.
 */
export async function setAzureQuota(
  flow: Flow,
  facts: FleetFacts,
  wish: QuotaWish,
): Promise<AzureQuotaChange> {
  const { ledger, quotas, clock } = flow.ports;
  const { subscriptionId, location } = wish.workspace;
  const sizes = await facts.sizes(subscriptionId, location);
  const families = [...new Set([...sizes.values()].map(({ family }) => family))];
  const read = await quotas.read(subscriptionId, location);
  const wished = { workspace: workspaceKey(wish.workspace), family: wish.family, cores: wish.cores };
  const check = checkWorkspaceLimit(wished, families, read.ok ? read.value : null);
  if (!check.ok) throw refused(check.fault);
  if (await isHalted(ledger)) {
    throw new LamplighterError('Work is halted, so nothing is written to Azure.', {
      code: 'quota.halted',
      fault: 'policy',
      fix: 'POST /api/resume takes it up again.',
    });
  }
  const { subscriptionId: subscription, resourceGroup, workspace } = wish.workspace;
  const ref = { subscriptionId: subscription, resourceGroup, workspace };
  const change: AzureQuotaChange = {
    workspace: ref,
    location,
    family: check.family,
    cores: wish.cores,
    before: check.before,
    at: clock.now(),
    by: wish.by,
    why: wish.why,
    status: null,
  };
  await putAzureQuotaChange(ledger, change);
  const set = await quotas.setForWorkspaces(subscriptionId, location, [
    { workspace: ref, family: check.family, cores: wish.cores },
  ]);
  if (!set.ok) {
    // Whether it took effect is not known where the answer was lost: the row keeps saying so.
    if (set.kind !== 'unanswered')
      await putAzureQuotaChange(ledger, { ...change, status: faultOf(set).code });
    throw unset(set);
  }
  const status = set.value[0]?.status ?? 'Undefined';
  await putAzureQuotaChange(ledger, { ...change, status });
  const word = quotaWord(status);
  if (word === null) return { ...change, status };
  throw new LamplighterError(`Azure answers ${status}: ${word.sentence}`, {
    code: 'quota.azure-refused',
    fault: 'policy',
    field: 'cores',
    fix: word.fix,
  });
}
