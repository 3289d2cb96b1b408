import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inScope } from '../../../src/config/in-scope.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { parseResourceGroupName, parseSubscriptionId, parseWorkspaceName } from '../../../src/core/ids.ts';

const subscription = '11111111-0000-4000-8000-000000000001';
const complete = {
  LAMPLIGHTER_SUBSCRIPTIONS: subscription.toUpperCase(),
  LAMPLIGHTER_POLICY: 'policy.yaml',
  LAMPLIGHTER_TENANT_ID: '22222222-0000-4000-8000-000000000002',
  LAMPLIGHTER_AUDIENCE: 'api://lamplighter',
  LAMPLIGHTER_LEDGER_ENDPOINT: 'https://ledger.table.core.windows.net',
};

function accepted(environment: Record<string, string | undefined>) {
  const outcome = loadSettings(environment);
  if (!outcome.ok) throw new Error(outcome.faults.map((fault) => fault.detail).join('\n'));
  return outcome;
}
function faultsOf(environment: Record<string, string | undefined>) {
  const outcome = loadSettings(environment);
  return outcome.ok ? [] : outcome.faults;
}

describe('settings', () => {
  it('need only scope, policy, sign-in and ledger, and default the rest', () => {
    const { settings } = accepted(complete);

    expect(settings.scope).toEqual({ subscriptions: [subscription], workspaces: null });
    expect(settings.policy).toEqual({ kind: 'file', path: 'policy.yaml' });
    expect(settings.platformAuthentication).toBe(false);
    expect(settings.ledgerPrefix).toBe('lamplighter');
    expect(settings.loopback).toBeNull();
    expect(settings.identities).toEqual({ reader: null, stopper: null, provisioner: null });
  });

  it('take the prices of what a stopped instance goes on using, and leave the others unknown', () => {
    const { settings } = accepted({ ...complete, LAMPLIGHTER_STANDING_PRICES: 'disk=19.71, publicIp=0.005' });
    expect(settings.standingPrices).toEqual({
      diskPerMonth: 19.71,
      publicIpPerHour: 0.005,
      loadBalancerPerHour: null,
    });
  });

  it('report every fault at once, each naming its variable and what was expected', () => {
    const faults = faultsOf({
      ...complete,
      LAMPLIGHTER_SUBSCRIPTIONS: 'production',
      LAMPLIGHTER_TENANT_ID: '  ',
      LAMPLIGHTER_PLATFORM_AUTH: 'yes',
      LAMPLIGHTER_LEDGER_ENDPOINT: undefined,
      LAMPLIGHTER_LOOPBACK_CLOCK: '{"realAt":1,"shownAt":2,"factor":60}',
    });

    expect(faults.map((fault) => fault.variable).sort()).toEqual([
      'LAMPLIGHTER_LEDGER_ENDPOINT',
      'LAMPLIGHTER_LOOPBACK_CLOCK',
      'LAMPLIGHTER_PLATFORM_AUTH',
      'LAMPLIGHTER_SUBSCRIPTIONS',
      'LAMPLIGHTER_TENANT_ID',
    ]);
    const tenant = faults.find((fault) => fault.variable === 'LAMPLIGHTER_TENANT_ID');
    expect(tenant?.detail).toBe(
      'LAMPLIGHTER_TENANT_ID is missing: expected the id (GUID) of the Entra tenant whose people may sign in.',
    );
    for (const fault of faults) expect(fault.detail).toContain(fault.variable);
  });

  it.each([
    ['LAMPLIGHTER_POLICY', 'http://store.blob.core.windows.net/policies/policy.yaml'],
    ['LAMPLIGHTER_POLICY', 'https://store.blob.core.windows.net/policies/policy.yaml?sig=abc'],
    ['LAMPLIGHTER_AUDIENCE', 'everyone'],
    ['LAMPLIGHTER_WORKSPACES', 'lonely-workspace'],
    ['LAMPLIGHTER_WORKSPACES', 'rg/..'],
    ['LAMPLIGHTER_WORKSPACES', '33333333-0000-4000-8000-000000000003/rg/ws-one'],
    ['LAMPLIGHTER_LEDGER_ENDPOINT', 'http://ledger.table.core.windows.net'],
    ['LAMPLIGHTER_LEDGER_ENDPOINT', 'https://ledger.table.core.windows.net/?sv=2024&sig=abc'],
    ['LAMPLIGHTER_LEDGER_PREFIX', '9lives'],
    ['LAMPLIGHTER_TEAMS_WEBHOOK_URL', 'http://hooks.example.com/x'],
    ['LAMPLIGHTER_STANDING_PRICES', 'disk=cheap'],
    ['LAMPLIGHTER_STANDING_PRICES', 'disk=1,disk=2'],
    ['LAMPLIGHTER_STANDING_PRICES', 'tape=1'],
    ['LAMPLIGHTER_STOPPER_CLIENT_ID', 'stopper'],
    ['LAMPLIGHTER_PUBLIC_URL', 'http://lamplighter.example.com'],
    ['LAMPLIGHTER_LOOPBACK_AZURE', 'http://10.0.0.4:9000'],
    ['LAMPLIGHTER_LOOPBACK_AZURE', 'https://127.0.0.1:9000'],
    ['LAMPLIGHTER_LOOPBACK_AZURE', 'http://127.0.0.1.example.com:9000'],
  ])('refuse %s set to %s', (name, value) => {
    expect(faultsOf({ ...complete, [name]: value }).map((fault) => fault.variable)).toEqual([name]);
  });

  it.each([
    'DefaultEndpointsProtocol=https;AccountName=real;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net',
    'TableEndpoint=https://real.table.core.windows.net;AccountName=real;AccountKey=c2VjcmV0',
  ])('refuse the key of a real storage account, without repeating it: %s', (connection) => {
    const faults = faultsOf({
      ...complete,
      LAMPLIGHTER_LEDGER_ENDPOINT: undefined,
      LAMPLIGHTER_LEDGER_CONNECTION: connection,
    });

    expect(faults.map((fault) => fault.variable)).toEqual(['LAMPLIGHTER_LEDGER_CONNECTION']);
    expect(JSON.stringify(faults)).not.toContain('c2VjcmV0');
  });

  it('never show a secret, however they are printed', () => {
    const webhook = 'https://prod.logic.azure.com/workflows/1?sig=do-not-print';
    const { settings } = accepted({
      ...complete,
      LAMPLIGHTER_LEDGER_ENDPOINT: undefined,
      LAMPLIGHTER_LEDGER_CONNECTION: 'TableEndpoint=http://127.0.0.1:10002/dev;AccountKey=do-not-print',
      LAMPLIGHTER_TEAMS_WEBHOOK_URL: webhook,
    });

    const printed = `${JSON.stringify(settings)} ${inspect(settings, { depth: 9, showHidden: true })} ${String(settings.notifierWebhook)}`;
    expect(printed).not.toContain('do-not-print');
    expect(settings.notifierWebhook?.reveal()).toBe(webhook);
  });

  it('are frozen all the way down', () => {
    const { settings } = accepted(complete);

    expect(() => Object.assign(settings.scope.subscriptions, { 0: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(settings.identities, { stopper: 'x' })).toThrow(TypeError);
  });

  it('name variables that nobody reads, so that a typing error does not go unseen', () => {
    expect(accepted({ ...complete, LAMPLIGHTER_WORKSPACE: 'rg/ws', PATH: '/bin' }).unknownVariables).toEqual([
      'LAMPLIGHTER_WORKSPACE',
    ]);
  });

  it('take the accelerated clock only beside a simulated Azure', () => {
    const clock = '{"realAt":1000,"shownAt":5000,"factor":60}';

    expect(
      accepted({
        ...complete,
        LAMPLIGHTER_LOOPBACK_AZURE: 'http://127.0.0.1:9000/',
        LAMPLIGHTER_LOOPBACK_CLOCK: clock,
      }).settings.loopback,
    ).toEqual({ origin: 'http://127.0.0.1:9000', clock: { realAt: 1000, shownAt: 5000, factor: 60 } });
    expect(faultsOf({ ...complete, LAMPLIGHTER_LOOPBACK_CLOCK: clock })).toHaveLength(1);
  });
});

const ref = (group: string, workspace: string, id = subscription) => ({
  subscriptionId: parseSubscriptionId(id),
  resourceGroup: parseResourceGroupName(group),
  workspace: parseWorkspaceName(workspace),
});

describe('the scope', () => {
  it('holds every workspace of its subscriptions when none is named', () => {
    const { scope } = accepted(complete).settings;

    expect(inScope(scope, ref('any', 'any'))).toBe(true);
    expect(inScope(scope, ref('any', 'any', '33333333-0000-4000-8000-000000000003'))).toBe(false);
  });

  it('holds only the named workspaces otherwise, in any casing', () => {
    const { scope } = accepted({
      ...complete,
      LAMPLIGHTER_WORKSPACES: `rg-a/ws-one, ${subscription}/rg-b/ws-two`,
    }).settings;

    expect(inScope(scope, ref('RG-A', 'WS-One'))).toBe(true);
    expect(inScope(scope, ref('rg-b', 'ws-two'))).toBe(true);
    expect(inScope(scope, ref('rg-b', 'ws-one'))).toBe(false);
  });
});
