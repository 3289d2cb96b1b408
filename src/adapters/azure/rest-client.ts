import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import { failureOfAnswer } from './azure-failure.ts';
import type { AzureFailure } from '../../ports/azure.ts';
import type { AzureTransport } from './transport.ts';
import { recordField, recordOf, textField } from './wire.ts';

export type RestAnswer = Pick<PipelineResponse, 'status' | 'headers'> & { readonly text: string };
export type RestClient = {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<RestAnswer>;
  /** For reads that take what they ask for in a body. */
  post(url: string, body: object): Promise<RestAnswer>;
};

/** Reads from Azure services that have no SDK here, over the same pipeline as the SDKs. The scope is a token scope, `…/.default`. */
export function createRestClient(
  transport: AzureTransport,
  credential: TokenCredential,
  scope: string,
): RestClient {
  let opened: Promise<{ readonly pipeline: Pipeline; readonly httpClient: HttpClient }> | undefined;
  const open = async (): Promise<{ readonly pipeline: Pipeline; readonly httpClient: HttpClient }> => {
    const core = await import('@azure/core-rest-pipeline');
    const { httpClient, ...options } = transport.clientOptions;
    const pipeline = core.createPipelineFromOptions(options);
    pipeline.addPolicy(core.bearerTokenAuthenticationPolicy({ credential, scopes: scope }));
    return { pipeline, httpClient };
  };
  async function send(
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<RestAnswer> {
    opened ??= open();
    const [{ pipeline, httpClient }, { createHttpHeaders, createPipelineRequest }] = await Promise.all([
      opened,
      import('@azure/core-rest-pipeline'),
    ]);
    const request = createPipelineRequest({
      method,
      url,
      headers: createHttpHeaders(headers),
      ...(body === undefined ? {} : { body }),
    });
    const { status, headers: answered, bodyAsText } = await pipeline.sendRequest(httpClient, request);
    return { status, headers: answered, text: bodyAsText ?? '' };
  }
  return {
    get: (url, headers = {}) => send('GET', url, headers),
    post: (url, body) => send('POST', url, { 'content-type': 'application/json' }, JSON.stringify(body)),
  };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What an answer other than a success means; understands the error JSON of ARM and Graph. */
export function failureOfRest(answer: RestAnswer, transport: AzureTransport): AzureFailure {
  const error = recordField(recordOf(jsonOf(answer.text)), 'error');
  const code = textField(error, 'code') ?? answer.headers.get('x-ms-error-code');
  return failureOfAnswer(
    {
      status: answer.status,
      headers: answer.headers,
      code,
      message: textField(error, 'message') ?? answer.text,
    },
    transport.clock,
  );
}
