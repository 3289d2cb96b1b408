import type { SubscriptionId } from '../../core/ids.ts';
import type { AzureResult } from '../../ports/azure.ts';
import { armApiVersion, type ArmClients } from './arm-clients.ts';
import { azureFailure, failureOfAnswer } from './azure-failure.ts';
import { recordField, recordOf, textField } from './wire.ts';

export type ArmWrite = {
  readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `https://management.azure.com`; without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
};

/**
 * One write over the SDK's pipeline, past its models: those drop the fields that are newer than they, and read the
 * operation's status before they return. The value is the answer's JSON, or undefined.
 */
export async function armWrite(
  clients: ArmClients,
  subscriptionId: SubscriptionId,
  write: ArmWrite,
): Promise<AzureResult<unknown>> {
  try {
    const [client, { createHttpHeaders, createPipelineRequest }] = await Promise.all([
      clients.client(subscriptionId),
      import('@azure/core-rest-pipeline'),
    ]);
    const query = new URLSearchParams({ 'api-version': armApiVersion, ...write.query });
    const answer = await client.sendRequest(
      createPipelineRequest({
        url: `https://management.azure.com${write.path}?${query.toString()}`,
        method: write.method,
        ...(write.body === undefined
          ? {}
          : {
              headers: createHttpHeaders({ 'content-type': 'application/json' }),
              body: JSON.stringify(write.body),
            }),
      }),
    );
    const { parsedBody } = answer as { readonly parsedBody?: unknown };
    if (answer.status >= 200 && answer.status < 300) return { ok: true, value: parsedBody };
    const error = recordField(recordOf(parsedBody), 'error');
    return failureOfAnswer(
      {
        status: answer.status,
        headers: answer.headers,
        code: textField(error, 'code') ?? undefined,
        message: textField(error, 'message') ?? answer.bodyAsText ?? undefined,
      },
      clients.clock,
    );
  } catch (error) {
    const failure = azureFailure(error, clients.clock);
    // A success whose body cannot be read is a success.
    const accepted = failure.kind === 'failed' && failure.code === 'answer.malformed';
    return accepted ? { ok: true, value: undefined } : failure;
  }
}
