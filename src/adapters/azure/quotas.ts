import { workspaceArmId } from '../../core/ids.ts';
import { familyKey } from '../../core/quota/family-key.ts';
import type { Quotas } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { armWrite } from './arm-write.ts';
import { azureResult } from './azure-failure.ts';
import { parseUsages, parseWorkspaceLimits } from './parse-usages.ts';
import { rawPages } from './raw-answer.ts';
import { listField, malformed, recordOf, textField, type WireRecord } from './wire.ts';

/** A row per family, and one per compute of the region, of which Azure allows 2,500. */
const limits = { maxRows: 20_000, maxPages: 1000 };
const locationPattern = /^[a-z0-9]{2,40}$/;

export type QuotasOptions = { readonly reader: ArmClients; readonly provisioner: ArmClients };

function checkLocation(location: string): void {
  if (!locationPattern.test(location)) throw malformed('a region has an unusual name');
}

/** `standardDSv2Family` as Azure writes it into ids of quotas. */
const quotaName = (family: string): string => {
  const core = family.replace(/^standard/i, '').replace(/family$/i, '');
  return `Standard_${core}_Family_Cluster_Dedicated_vCPUs`;
};

export function createQuotas({ reader, provisioner }: QuotasOptions): Quotas {
  return {
    async read(subscriptionId, location) {
      const usages = await azureResult(reader.clock, async () => {
        checkLocation(location);
        const client = await reader.client(subscriptionId);
        return rawPages((options) => client.usages.list(location, options).byPage(), limits);
      });
      if (!usages.ok) return usages;
      const quotas = await azureResult(reader.clock, async () => {
        const client = await reader.client(subscriptionId);
        return rawPages((options) => client.quotas.list(location, options).byPage(), limits);
      });
      if (!quotas.ok && quotas.kind === 'throttled') return quotas;
      const workspaceLimits = quotas.ok ? parseWorkspaceLimits(quotas.value) : null;
      return { ok: true, value: { ...parseUsages(usages.value), workspaceLimits } };
    },

    async setForWorkspaces(subscriptionId, location, wanted) {
      const checked = await azureResult(provisioner.clock, async () => checkLocation(location));
      if (!checked.ok) return checked;
      const value = wanted.map(({ workspace, family, cores }) => ({
        id: `${workspaceArmId(workspace)}/quotas/${quotaName(family)}`,
        type: 'Microsoft.MachineLearningServices/workspaces/quotas',
        limit: cores,
        unit: 'Count',
      }));
      const written = await armWrite(provisioner, subscriptionId, {
        method: 'POST',
        path: `/subscriptions/${subscriptionId}/providers/Microsoft.MachineLearningServices/locations/${location}/updateQuotas`,
        body: { value },
      });
      if (!written.ok) return written;
      const rows = listField(recordOf(written.value), 'value').map(recordOf);
      // Azure answers row by row; one that it left out has no word from it.
      const statuses = wanted.map(({ workspace, family }, index) => {
        const id = value[index]?.id.toLowerCase();
        const isIts = (one: WireRecord | undefined): boolean => {
          const named = textField(one ?? {}, 'id')?.toLowerCase();
          if (named === undefined) return false;
          const ofWorkspace = named.startsWith(`${workspaceArmId(workspace).toLowerCase()}/`);
          return (
            named === id || (ofWorkspace && familyKey(named.split('/').at(-1) ?? '') === familyKey(family))
          );
        };
        const row = isIts(rows[index]) ? rows[index] : rows.find(isIts);
        return { status: row === undefined ? 'Undefined' : (textField(row, 'status') ?? 'Undefined') };
      });
      return { ok: true, value: statuses };
    },
  };
}
