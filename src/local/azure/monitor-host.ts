import { answerBatch, type MetricsSettings } from './metrics-wire.ts';
import { outOfService } from './arm-gate.ts';
import { errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import type { AzureParts } from './azure-parts.ts';

/** Null: the token names none. */
function audienceOf(authorization: string | undefined): string | null {
  const payload = /^Bearer [^.]+\.([^.]+)\./i.exec(authorization ?? '')?.[1] ?? '';
  try {
    const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud?: unknown };
    return typeof aud === 'string' ? aud : null;
  } catch {
    return null;
  }
}

/** `<region>.metrics.monitor.azure.com`: its budget is its own, so ARM's buckets do not count here. */
export async function handleMonitor(
  wire: WireRequest,
  region: string,
  parts: AzureParts,
  settings: MetricsSettings,
): Promise<WireResponse> {
  const { clock, tokens, log, faults, habits } = parts;
  if ((await tokens.principalOf(wire.headers['authorization'])) === null) {
    return errorAnswer(
      401,
      'Unauthorized',
      'Authentication failed. The Authorization header is missing or not valid.',
    );
  }
  const audience = audienceOf(wire.headers['authorization']);
  if (audience !== null && habits.metricsAudiences?.includes(audience) === false) {
    return errorAnswer(
      401,
      'InvalidAuthenticationTokenAudience',
      `The audience ${audience} is not accepted.`,
    );
  }
  const url = new URL(wire.url);
  if (wire.method !== 'POST' || !/^\/+subscriptions\/[^/]+\/metrics:getBatch$/i.test(url.pathname)) {
    log.unknownRequests.push({ at: clock.now(), method: wire.method, url: wire.url });
    return errorAnswer(404, 'NotFound', `There is nothing at ${url.pathname}.`);
  }
  log.count('metrics');
  if (faults.isOut(['metrics'], clock.now())) return outOfService();
  const seconds = faults.throttledFor(['metrics'], clock.now());
  if (seconds !== null) {
    return errorAnswer(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': String(seconds) });
  }
  let body: unknown = null;
  try {
    body = JSON.parse(wire.body ?? '');
  } catch {
    return errorAnswer(400, 'BadRequest', 'The request content is not valid JSON.');
  }
  return answerBatch(url, body, region, parts, settings);
}
