import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { LamplighterError } from '../../core/errors.ts';
import type { AzureScope } from './azure-scope.ts';

const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Refuses what is out of scope; the last thing before the network, below redirects, paging and authentication. */
export function guardedClient(inner: HttpClient, scope: AzureScope): HttpClient {
  return {
    async sendRequest(request) {
      scope(request.method, request.url);
      return inner.sendRequest(request);
    },
  };
}

/**
 * Sends every https request to the simulated Azure at `origin`, the host it was meant for in `x-original-host`. It
 * stands below the pipelines because those refuse to put bearer tokens on plain http. Throws `setting.invalid`.
 */
export function loopbackClient(inner: HttpClient, origin: string): HttpClient {
  const target = URL.canParse(origin) ? new URL(origin) : null;
  if (target === null || target.protocol !== 'http:' || !loopbackHosts.has(target.hostname)) {
    throw new LamplighterError('The simulated Azure must be at http://127.0.0.1:PORT.', {
      code: 'setting.invalid',
      fault: 'deployment',
      field: 'LAMPLIGHTER_LOOPBACK_AZURE',
      fix: 'Leave LAMPLIGHTER_LOOPBACK_AZURE out to speak with the real Azure.',
    });
  }
  return {
    async sendRequest(request) {
      const url = new URL(request.url);
      if (url.protocol !== 'https:') return inner.sendRequest(request);
      const headers = request.headers;
      headers.set('x-original-host', url.host);
      const routed: PipelineRequest = {
        ...request,
        headers,
        url: `${target.origin}${url.pathname}${url.search}`,
        allowInsecureConnection: true,
      };
      // The SDK looks its own request object up in the answer to know which operation it belongs to.
      return { ...(await inner.sendRequest(routed)), request };
    },
  };
}

/** Ends a call that takes longer than `timeoutMs`, the reading of the body included, which the SDK's own timeout does not bound. */
export function boundedClient(inner: HttpClient, timeoutMs: number): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), timeoutMs);
      const { abortSignal } = request;
      const forward = (): void => deadline.abort();
      abortSignal?.addEventListener('abort', forward);
      if (abortSignal?.aborted === true) deadline.abort();
      const expired = new Promise<never>((_, reject) => {
        deadline.signal.addEventListener('abort', () => {
          reject(new DOMException(`No answer within ${timeoutMs / 1000} s.`, 'TimeoutError'));
        });
      });
      const answer = inner.sendRequest({ ...request, abortSignal: deadline.signal, timeout: 0 });
      try {
        return { ...(await Promise.race([answer, expired])), request };
      } finally {
        clearTimeout(timer);
        abortSignal?.removeEventListener('abort', forward);
        answer.catch(() => undefined);
      }
    },
  };
}
