import {
  createHttpHeaders,
  RestError,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { SimulatedAzure } from './simulated-azure.ts';

function bodyText(body: PipelineRequest['body']): string | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array || body instanceof ArrayBuffer) {
    return new TextDecoder().decode(body);
  }
  throw new TypeError('The simulated Azure takes request bodies as text or bytes.');
}

/** Transport of an SDK client straight into the simulated Azure: no sockets and no timers, only promises. */
export function createInProcessClient(azure: SimulatedAzure): HttpClient {
  return {
    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
      const headers: Record<string, string> = {};
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
      const response = await azure.handle({
        method: request.method,
        url: request.url,
        headers,
        body: bodyText(request.body),
      });
      if (response.kind === 'lost') {
        throw new RestError('socket hang up', { code: 'ECONNRESET', request });
      }
      return {
        request,
        status: response.status,
        headers: createHttpHeaders(response.headers),
        bodyAsText: response.body,
      };
    },
  };
}
