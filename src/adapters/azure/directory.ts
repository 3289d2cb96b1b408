import type { TokenCredential } from '@azure/core-auth';
import { type ObjectId, parseObjectId } from '../../core/ids.ts';
import type { AzureFailure, AzureResult, Directory } from '../../ports/azure.ts';
import { azureFailure } from './azure-failure.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import { fieldOf, malformed, recordOf, textField, type WireRecord } from './wire.ts';

const graph = 'https://graph.microsoft.com/v1.0';
const maxPages = 200;

const isUser = (row: WireRecord): boolean => {
  const type = row['@odata.type'];
  return type === undefined || type === '#microsoft.graph.user';
};

/** People and groups over Microsoft Graph; needs the application permissions User.Read.All and GroupMember.Read.All. */
export function createDirectory(transport: AzureTransport, credential: TokenCredential): Directory {
  const client = createRestClient(transport, credential, 'https://graph.microsoft.com/.default');

  async function read(url: string): Promise<AzureResult<WireRecord>> {
    try {
      const answer = await client.get(url);
      if (answer.status !== 200) return failureOfRest(answer, transport);
      const body = jsonOf(answer.text);
      if (typeof body !== 'object' || body === null) throw malformed('it is no JSON object');
      return { ok: true, value: recordOf(body) };
    } catch (error) {
      return azureFailure(error, transport.clock);
    }
  }

  const fail = (error: unknown): AzureFailure => azureFailure(error, transport.clock);

  return {
    async members(groupId) {
      const members = new Set<ObjectId>();
      try {
        const first = `${graph}/groups/${parseObjectId(groupId)}/transitiveMembers?$select=id&$top=999`;
        let next: string | null = first;
        for (let page = 0; next !== null; page += 1) {
          if (page === maxPages) throw malformed(`a group has more than ${maxPages} pages of members`);
          const result: AzureResult<WireRecord> = await read(next);
          if (!result.ok) return result;
          const rows = fieldOf(result.value, 'value');
          if (!Array.isArray(rows)) throw malformed('a page has no list of members');
          for (const row of rows.map(recordOf)) if (isUser(row)) members.add(parseObjectId(row['id']));
          next = textField(result.value, '@odata.nextLink');
        }
        return { ok: true, value: [...members] };
      } catch (error) {
        return fail(error);
      }
    },

    async person(objectId) {
      try {
        const user = `${graph}/users/${parseObjectId(objectId)}`;
        const [person, manager] = await Promise.all([
          read(`${user}?$select=id,displayName,userPrincipalName,accountEnabled`),
          read(`${user}/manager?$select=id`),
        ]);
        if (!person.ok) return person;
        // Nobody above them is a 404 as well.
        if (!manager.ok && manager.kind !== 'missing') return manager;
        const { value } = person;
        return {
          ok: true,
          value: {
            objectId,
            name: textField(value, 'displayName') ?? textField(value, 'userPrincipalName'),
            enabled: fieldOf(value, 'accountEnabled') !== false,
            managerId: manager.ok ? parseObjectId(manager.value['id']) : null,
          },
        };
      } catch (error) {
        return fail(error);
      }
    },
  };
}
