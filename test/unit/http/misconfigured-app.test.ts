import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { createMisconfiguredApp } from '../../../src/misconfigured-app.ts';
import { invokeHttp } from '../../support/invoke-http.ts';

describe('an app whose settings cannot be used', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('says on every address which settings are wrong, repeats no value, and does nothing else', async () => {
    const outcome = loadSettings({
      LAMPLIGHTER_TEAMS_WEBHOOK_URL: 'http://hooks.example.com/?sig=do-not-print',
    });
    if (outcome.ok) throw new Error('These settings were accepted.');
    const app = await loadFunctionApp(() => createMisconfiguredApp(outcome.faults), { log: () => undefined });

    const { status, json, text } = await invokeHttp(app, 'httpMisconfigured');

    expect([...app.functions.values()].map((one) => [one.trigger.type, one.trigger['route']])).toEqual([
      ['httpTrigger', '{*path}'],
    ]);
    expect([status, json['code']]).toEqual([503, 'settings.invalid']);
    for (const name of ['TENANT_ID', 'SUBSCRIPTIONS', 'POLICY', 'LEDGER_ENDPOINT', 'TEAMS_WEBHOOK_URL']) {
      expect(json['detail']).toContain(`LAMPLIGHTER_${name}`);
    }
    expect(text).not.toContain('do-not-print');
  });
});
