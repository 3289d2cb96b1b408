import type { TokenCredential } from '@azure/core-auth';
import type { SecretAddress } from '../../core/targets/attachment-secrets.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { azureFailure } from './azure-failure.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import { malformed, recordOf, textField } from './wire.ts';

const apiVersion = '7.4';

/** Reads one secret of a Key Vault; the identity needs `Key Vault Secrets User` there. */
export function createSecretReader(transport: AzureTransport, credential: TokenCredential) {
  const client = createRestClient(transport, credential, 'https://vault.azure.net/.default');
  return async ({ vault, secret, version }: SecretAddress): Promise<AzureResult<string>> => {
    try {
      const name = version === null ? secret : `${secret}/${version}`;
      const answer = await client.get(
        `https://${vault}.vault.azure.net/secrets/${name}?api-version=${apiVersion}`,
      );
      if (answer.status !== 200) return failureOfRest(answer, transport);
      const value = textField(recordOf(jsonOf(answer.text)), 'value');
      if (value === null) throw malformed('a secret has no value');
      return { ok: true, value };
    } catch (error) {
      return azureFailure(error, transport.clock);
    }
  };
}
