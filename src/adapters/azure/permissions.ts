import { workspaceArmId } from '../../core/ids.ts';
import type { TokenCredential } from '@azure/core-auth';
import type { AzureResult } from '../../ports/azure.ts';
import type { Permissions } from '../../ports/provisioning.ts';
import { azureFailure } from './azure-failure.ts';
import { covers } from './covers-action.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import { fieldOf, listField, malformed, recordField, recordOf, textField, type WireRecord } from './wire.ts';

const arm = 'https://management.azure.com';
const version = 'api-version=2022-04-01';
const definitionId =
  /^(?:\/subscriptions\/[0-9a-f-]{36})?\/providers\/Microsoft\.Authorization\/roleDefinitions\/([0-9a-f-]{36})$/i;
const pagesAtMost = 50;

type Grant = { readonly actions: readonly string[]; readonly notActions: readonly string[] };

const textsOf = (record: WireRecord, name: string): readonly string[] =>
  listField(record, name).filter((text) => typeof text === 'string');

const allows = (grant: Grant, action: string): boolean =>
  grant.actions.some((pattern) => covers(pattern, action)) &&
  !grant.notActions.some((pattern) => covers(pattern, action));

/** What people may do, by Azure's role assignments; needs `Microsoft.Authorization/roleAssignments/read` and `roleDefinitions/read`. */
export function createPermissions(transport: AzureTransport, credential: TokenCredential): Permissions {
  const client = createRestClient(transport, credential, `${arm}/.default`);

  async function read(url: string): Promise<AzureResult<WireRecord>> {
    const answer = await client.get(url);
    if (answer.status !== 200) return failureOfRest(answer, transport);
    const body = jsonOf(answer.text);
    if (typeof body !== 'object' || body === null) throw malformed('it is no JSON object');
    return { ok: true, value: recordOf(body) };
  }

  async function definitions(first: string): Promise<AzureResult<ReadonlySet<string>>> {
    const ids = new Set<string>();
    let next: string | null = first;
    for (let page = 0; next !== null; page += 1) {
      if (page === pagesAtMost) throw malformed('the role assignments have no end');
      const result: AzureResult<WireRecord> = await read(next);
      if (!result.ok) return result;
      const rows = fieldOf(result.value, 'value');
      if (!Array.isArray(rows)) throw malformed('a page has no list of role assignments');
      for (const row of rows.map(recordOf)) {
        const properties = recordField(row, 'properties');
        // A condition that is not understood grants nothing.
        if (textField(properties, 'condition') !== null) continue;
        const id = definitionId.exec(textField(properties, 'roleDefinitionId') ?? '')?.[1];
        if (id !== undefined) ids.add(id.toLowerCase());
      }
      next = textField(result.value, 'nextLink');
    }
    return { ok: true, value: ids };
  }

  return {
    async missing(workspace, person, actions) {
      const scope = workspaceArmId(workspace);
      const filter = encodeURIComponent(`assignedTo('${person}')`);
      try {
        const found = await definitions(
          `${arm}${scope}/providers/Microsoft.Authorization/roleAssignments?${version}&$filter=${filter}`,
        );
        if (!found.ok) return found;
        const grants: Grant[] = [];
        for (const id of found.value) {
          const role = await read(
            `${arm}/subscriptions/${workspace.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}?${version}`,
          );
          if (!role.ok) return role;
          for (const one of listField(recordField(role.value, 'properties'), 'permissions').map(recordOf)) {
            grants.push({ actions: textsOf(one, 'actions'), notActions: textsOf(one, 'notActions') });
          }
        }
        const missing = actions.filter((action) => !grants.some((grant) => allows(grant, action)));
        return { ok: true, value: missing };
      } catch (error) {
        return azureFailure(error, transport.clock);
      }
    },
  };
}
