import type { TokenCredential } from '@azure/core-auth';
import { parseSubscriptionId, type SubscriptionId } from '../../core/ids.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { azureFailure } from './azure-failure.ts';
import { createRestClient, failureOfRest, jsonOf } from './rest-client.ts';
import type { AzureTransport } from './transport.ts';
import { listField, malformed, recordOf, textField } from './wire.ts';

export type VisibleSubscription = { readonly subscriptionId: SubscriptionId; readonly name: string };

const arm = 'https://management.azure.com';
const pagesAtMost = 100;

/** The subscriptions in use that the sign-in sees; of those that are switched off nothing can be read. */
export async function listSubscriptions(
  transport: AzureTransport,
  credential: TokenCredential,
): Promise<AzureResult<readonly VisibleSubscription[]>> {
  try {
    const client = createRestClient(transport, credential, `${arm}/.default`);
    const found: VisibleSubscription[] = [];
    let next: string | null = `${arm}/subscriptions?api-version=2022-12-01`;
    for (let page = 0; next !== null; page += 1) {
      if (page === pagesAtMost) throw malformed('the list of subscriptions has no end');
      const answer = await client.get(next);
      if (answer.status !== 200) return failureOfRest(answer, transport);
      const body = recordOf(jsonOf(answer.text));
      if (!Array.isArray(body['value'])) throw malformed('there is no list of subscriptions');
      for (const row of listField(body, 'value').map(recordOf)) {
        if (!/^(enabled|warned|pastdue)$/i.test(textField(row, 'state') ?? 'Enabled')) continue;
        const subscriptionId = parseSubscriptionId(textField(row, 'subscriptionId'));
        found.push({ subscriptionId, name: textField(row, 'displayName') ?? subscriptionId });
      }
      next = textField(body, 'nextLink');
    }
    return { ok: true, value: found };
  } catch (error) {
    return azureFailure(error, transport.clock);
  }
}
