import type { TokenCredential } from '@azure/core-auth';
import { LamplighterError } from '../../core/errors.ts';
import type { PolicySource } from '../../ports/policy-source.ts';
import { policyText, unreadablePolicy } from '../files/policy-text.ts';
import { azureFailure } from './azure-failure.ts';
import { createRestClient, failureOfRest, type RestAnswer } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';

/** The oldest version of the storage API that takes Entra tokens and that nothing here outgrows. */
const storageVersion = '2021-12-02';

export type PolicyBlobOptions = {
  readonly transport: AzureTransport;
  readonly credential: TokenCredential;
  /** https, without a query; its origin must be among the transport's `storageOrigins`. */
  readonly url: string;
};

/** The policy in a blob, read with the managed identity; an unchanged one is not sent again. */
export function createPolicyBlob({ transport, credential, url }: PolicyBlobOptions): PolicySource {
  const client = createRestClient(transport, credential, 'https://storage.azure.com/.default');
  const name = url.split('?', 1)[0] ?? url;
  let last: { readonly etag: string; readonly text: string } | null = null;

  function fault(answer: RestAnswer): LamplighterError {
    const failure = failureOfRest(answer, transport);
    switch (failure.kind) {
      case 'missing':
        return unreadablePolicy(name, 'there is no such blob', { retryable: false });
      case 'forbidden':
        return unreadablePolicy(name, failure.message, {
          retryable: false,
          fix: 'Give the app’s identity the role Storage Blob Data Reader on the container, and check the account’s firewall.',
        });
      case 'throttled':
      case 'conflict':
      case 'unanswered':
      case 'failed':
        return unreadablePolicy(name, failure.message, { retryable: true });
    }
  }

  async function get(): Promise<RestAnswer> {
    try {
      const condition = last === null ? {} : { 'if-none-match': last.etag };
      return await client.get(url, { 'x-ms-version': storageVersion, ...condition });
    } catch (cause) {
      const { message } = azureFailure(cause, transport.clock);
      throw unreadablePolicy(name, message, { retryable: true, cause });
    }
  }

  return {
    name,
    async read() {
      const before = last;
      const answer = await get();
      if (answer.status === 304 && before !== null) return before.text;
      if (answer.status !== 200) throw fault(answer);
      const text = policyText(name, new TextEncoder().encode(answer.text));
      const etag = answer.headers.get('etag');
      last = etag === undefined ? null : { etag, text };
      return text;
    },
  };
}
