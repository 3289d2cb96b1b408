import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAzureScope } from '../../../src/adapters/azure/azure-scope.ts';
import { createArmClients } from '../../../src/adapters/azure/arm-clients.ts';
import { createComputes } from '../../../src/adapters/azure/computes.ts';
import type { ComputeName, ComputeRef, ResourceGroupName, WorkspaceName } from '../../../src/core/ids.ts';
import { fakeAzure, staticCredential, subscription, transportTo } from '../../support/fake-azure.ts';

const scope = createAzureScope({
  subscriptions: [subscription],
  storageOrigins: ['https://acct.blob.core.windows.net', 'http://127.0.0.1:10002'],
});
const arm = `https://management.azure.com/subscriptions/${subscription}`;
const compute = `${arm}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/computes/ci`;
const foreign = compute.replace(subscription, '00000000-0000-0000-0000-000000000001');

describe('the scope guard', () => {
  it.each([
    ['GET', `${compute}?api-version=2025-12-01`],
    ['GET', `${arm.toUpperCase().replace('HTTPS', 'https')}/providers/x?$skip=%2E%2E`],
    ['POST', `${compute}/stop?api-version=2025-12-01`],
    ['POST', `${compute}/start`],
    ['PATCH', `${compute}?api-version=2025-12-01`],
    ['POST', `${compute}/updateIdleShutdownSetting?api-version=2024-10-01-preview`],
    ['POST', `${arm}/providers/Microsoft.MachineLearningServices/locations/westeurope/updateQuotas`],
    [
      'POST',
      `https://westeurope.metrics.monitor.azure.com/subscriptions/${subscription}/metrics:getBatch?top=1`,
    ],
    ['GET', 'https://graph.microsoft.com/v1.0/users/x'],
    ['POST', 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token'],
    ['GET', 'https://acct.blob.core.windows.net/policies/policy.yaml'],
    ['POST', 'http://127.0.0.1:10002/devstoreaccount1/$batch'],
  ])('lets pass %s %s', (method, url) => {
    expect(() => scope(method, url)).not.toThrow();
  });

  it.each([
    ['another subscription', 'GET', foreign],
    ['no subscription', 'GET', 'https://management.azure.com/tenants'],
    ['a subscription that only begins alike', 'GET', `${arm}0/x`],
    ['a write that is not start or stop', 'POST', `${compute}/restart`],
    ['a write to a workspace of that name', 'POST', compute.replace('/computes/ci', '/stop')],
    ['a deletion', 'DELETE', compute],
    ['a PUT', 'PUT', compute],
    ['a PATCH of a workspace', 'PATCH', compute.replace('/computes/ci', '')],
    ['a PATCH of what is below a compute', 'PATCH', `${compute}/x`],
    [
      'an idle setting of a workspace',
      'POST',
      `${compute.replace('/computes/ci', '')}/updateIdleShutdownSetting`,
    ],
    [
      'quotas of another provider',
      'POST',
      `${arm}/providers/Microsoft.Compute/locations/westeurope/updateQuotas`,
    ],
    ['plain http', 'GET', compute.replace('https', 'http')],
    ['another port', 'GET', compute.replace('.com/', '.com:8443/')],
    ['a user before the host', 'GET', compute.replace('https://', 'https://management.azure.com@')],
    ['a host that ends alike', 'GET', compute.replace('management', 'evil-management')],
    ['a host that begins alike', 'GET', compute.replace('azure.com', 'azure.com.evil.example')],
    ['dot segments', 'GET', compute.replace('/ci', '/..')],
    ['dot segments into another subscription', 'GET', `${arm}/../${foreign.split('/subscriptions/')[1]}`],
    ['encoded dot segments', 'GET', compute.replace('/ci', '/%2e%2E')],
    ['half-encoded dot segments', 'GET', compute.replace('/ci', '/.%2e')],
    ['doubly encoded dot segments', 'GET', compute.replace('/ci', '/%252e%252e')],
    ['a single dot', 'POST', compute.replace('/ci', '/./stop')],
    ['an encoded slash', 'POST', compute.replace('/ci', '/a%2Fstop')],
    ['a backslash', 'GET', compute.replace('/ci', '\\..\\ci')],
    ['an encoded null', 'GET', compute.replace('/ci', '/ci%00')],
    ['dots in storage paths', 'GET', 'https://acct.blob.core.windows.net/policies/../secrets/x'],
    ['another storage account', 'GET', 'https://acct2.blob.core.windows.net/policies/x'],
    [
      'metrics of another subscription',
      'POST',
      `https://westeurope.metrics.monitor.azure.com/subscriptions/${foreign.split('/')[4]}/metrics:getBatch`,
    ],
    [
      'a metrics host with a dot more',
      'POST',
      `https://a.b.metrics.monitor.azure.com/subscriptions/${subscription}/metrics:getBatch`,
    ],
    ['a write to the directory', 'POST', 'https://graph.microsoft.com/v1.0/users'],
    ['the beta directory', 'GET', 'https://graph.microsoft.com/beta/users'],
    ['no URL', 'GET', '/subscriptions/x'],
    ['a fragment', 'GET', `${compute}#x`],
  ])('refuses %s', (_, method, url) => {
    expect(() => scope(method, url)).toThrow(expect.objectContaining({ code: 'scope.refused' }));
  });

  it('sends no request outside the scope, whatever a name is made of', async () => {
    const azure = fakeAzure(() => ({ status: 202 }));
    const clients = createArmClients(transportTo(azure), staticCredential);
    const computes = createComputes({ reader: clients, stopper: clients });
    const hostile = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%2e.',
        '..%2f',
        '../..',
        '..\\..',
        '//evil.example',
        '?',
        '#',
        '@',
        ' ',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc
        .array(fc.constantFrom('..', '.', '/', '\\', '%', '2e', '2f', '25', 'a', '?', '#', ':', ';', '@'), {
          maxLength: 8,
        })
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (group, workspace, name) => {
        // Such names are refused before they get here; this is the second line of defence.
        const ref: ComputeRef = {
          subscriptionId: subscription,
          resourceGroup: group as ResourceGroupName,
          workspace: workspace as WorkspaceName,
          compute: name as ComputeName,
        };
        azure.requests.length = 0;
        await computes.stop(ref).catch(() => undefined);
        await computes.get(ref).catch(() => undefined);
        const stops = `${arm}/resourceGroups/[^/]+/providers/Microsoft.MachineLearningServices/workspaces/[^/]+/computes/[^/]+/stop$`;
        for (const { method, url } of azure.requests) {
          const { origin, pathname } = new URL(url);
          expect(`${origin}${pathname}`).toMatch(new RegExp(`^${method === 'POST' ? stops : `${arm}/`}`));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'https://management.azure.com/subscriptions?api-version=2022-12-01',
    'https://management.azure.com/providers/Microsoft.Authorization/providerOperations/Microsoft.MachineLearningServices?api-version=2022-04-01',
  ])(
    'lets the lists of subscriptions and operations pass only where they were asked for, and only to be read: %s',
    (url) => {
      const listing = createAzureScope({ subscriptions: [], storageOrigins: [], listing: true });
      expect(() => listing('GET', url)).not.toThrow();
      expect(() => scope('GET', url)).toThrow(/was not sent/);
      for (const method of ['POST', 'PUT', 'DELETE'])
        expect(() => listing(method, url)).toThrow(/was not sent/);
      expect(() => listing('GET', compute)).toThrow(/was not sent/);
    },
  );
});
