import type { HttpClient } from '@azure/core-rest-pipeline';
import { LamplighterError } from '../../core/errors.ts';

const batchQuery = /^\/subscriptions\/[^/]+\/metrics:getbatch$/i;

/** A read in all but its method: Azure Monitor takes what is asked for in a body. */
const isMetricsQuery = (method: string, url: string): boolean =>
  method === 'POST' && URL.canParse(url) && batchQuery.test(new URL(url).pathname);

/**
 * Sends reads alone: GET, and the batch query of Azure Monitor. It stands below everything else, so that no mistake above
 * it can write. Throws `plan.write-refused`.
 */
export function readOnlyClient(inner: HttpClient): HttpClient {
  return {
    async sendRequest(request) {
      const { method, url } = request;
      if (method !== 'GET' && !isMetricsQuery(method, url)) {
        throw new LamplighterError(`${method} ${url.split('?', 1)[0] ?? ''} was not sent: it is a write.`, {
          code: 'plan.write-refused',
          fault: 'lamplighter',
          fix: 'Nothing was changed. Please report this.',
        });
      }
      return inner.sendRequest(request);
    },
  };
}
