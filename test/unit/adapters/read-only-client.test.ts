import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readOnlyClient } from '../../../src/adapters/azure/read-only-client.ts';

const batch = 'https://westeurope.metrics.monitor.azure.com/subscriptions/s/metrics:getBatch?api-version=1';

async function passes(method: string, url: string): Promise<boolean> {
  let sent = false;
  const client = readOnlyClient({
    async sendRequest(request) {
      sent = true;
      return { request, status: 200, headers: createHttpHeaders() };
    },
  });
  await client.sendRequest({ method, url } as unknown as PipelineRequest).catch(() => undefined);
  return sent;
}

it('lets reads and the batch query of metrics through', async () => {
  expect(await passes('GET', 'https://management.azure.com/subscriptions/s')).toBe(true);
  expect(await passes('POST', batch)).toBe(true);
});

it('lets no write through, whatever its address', async () => {
  const paths = fc.constantFrom(
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c/stop',
    '/subscriptions/s/metrics:getBatch/../computes/c/stop',
    '/subscriptions/s/x/metrics:getBatch',
    '/computes/c/stop?x=/subscriptions/s/metrics:getBatch',
    '/computes/c/stop#/subscriptions/s/metrics:getBatch',
    '/Tables',
  );
  const methods = fc.constantFrom('PUT', 'PATCH', 'DELETE', 'POST', 'MERGE', 'OPTIONS', 'post');
  await fc.assert(
    fc.asyncProperty(methods, paths, async (method, path) => {
      expect(await passes(method, `https://management.azure.com${path}`)).toBe(false);
    }),
  );
  for (const method of ['PUT', 'PATCH', 'DELETE']) expect(await passes(method, batch)).toBe(false);
});
