import type { TokenCredential } from '@azure/core-auth';
import type { OwnIdentity } from '../../ports/attachments.ts';
import { azureFailure } from './azure-failure.ts';
import { covers } from './covers-action.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import { listField, malformed, recordOf, textField, type WireRecord } from './wire.ts';

const arm = 'https://management.azure.com';
const scope = `${arm}/.default`;

/** The claims of a token that was given to us: it says who we are, and nobody else reads this. */
function claimsOf(token: string): WireRecord {
  const [, payload = ''] = token.split('.');
  return recordOf(jsonOf(Buffer.from(payload, 'base64url').toString('utf8')));
}

export type OwnCredentials = Readonly<
  Record<'reader' | 'stopper' | 'provisioner' | 'attacher' | 'quotaSetter', TokenCredential>
>;

const textsOf = (record: WireRecord, name: string): readonly string[] =>
  listField(record, name).filter((text) => typeof text === 'string');

/** Who the app is, by its own tokens, and what Azure lets it do. */
export function createOwnIdentity(transport: AzureTransport, credentials: OwnCredentials): OwnIdentity {
  return {
    async ids() {
      const all = [...new Set(Object.values(credentials))];
      const tokens = await Promise.allSettled(all.map((one) => one.getToken(scope)));
      const claims = tokens.map((one) =>
        claimsOf(one.status === 'fulfilled' ? (one.value?.token ?? '') : ''),
      );
      const ids = claims.flatMap((one) => ['oid', 'appid', 'azp'].map((name) => textField(one, name)));
      return new Set(ids.filter((id) => id !== null).map((id) => id.toLowerCase()));
    },

    async missing(capability, subscriptionId, actions) {
      try {
        const client = createRestClient(transport, credentials[capability], scope);
        const answer = await client.get(
          `${arm}/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
        );
        if (answer.status !== 200) return failureOfRest(answer, transport);
        const page = recordOf(jsonOf(answer.text));
        if (!Array.isArray(page['value'])) throw malformed('it has no list of permissions');
        const grants = listField(page, 'value').map(recordOf);
        const allowed = (action: string): boolean =>
          grants.some(
            (grant) =>
              textsOf(grant, 'actions').some((pattern) => covers(pattern, action)) &&
              !textsOf(grant, 'notActions').some((pattern) => covers(pattern, action)),
          );
        return { ok: true, value: actions.filter((action) => !allowed(action)) };
      } catch (error) {
        return azureFailure(error, transport.clock);
      }
    },
  };
}
