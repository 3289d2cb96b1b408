import type { HttpClient } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import type { SigningKeys } from '../../ports/signing-keys.ts';

const published = z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) });

function unavailable(why: string, cause?: unknown): LamplighterError {
  return new LamplighterError(`The keys that sign-ins are checked with cannot be read: ${why}.`, {
    code: 'auth.keys-unavailable',
    fault: 'azure',
    retryable: true,
    fix: 'Try again in a minute; if it stays, check that the app can reach login.microsoftonline.com.',
    cause,
  });
}

/** The public keys with which Entra signs the tenant's tokens. */
export function entraKeys(tenantId: string, httpClient: HttpClient): SigningKeys {
  const url = `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`;

  async function download(): Promise<string> {
    const { createPipelineRequest } = await import('@azure/core-rest-pipeline');
    const response = await httpClient.sendRequest(createPipelineRequest({ url, timeout: 10_000 }));
    if (response.status !== 200) throw unavailable(`the answer was ${response.status}`);
    return response.bodyAsText ?? '';
  }

  return {
    async read() {
      try {
        return published.parse(JSON.parse(await download()));
      } catch (error) {
        if (error instanceof LamplighterError) throw error;
        throw unavailable(error instanceof Error ? error.name : 'no answer', error);
      }
    },
  };
}
