import { acceleratedClock } from './adapters/accelerated-clock.ts';
import { createAzurePorts } from './adapters/azure/azure-ports.ts';
import { createManagedIdentities } from './adapters/azure/credentials.ts';
import { entraKeys } from './adapters/azure/entra-keys.ts';
import { ledgerOrigin } from './adapters/azure/ledger-origin.ts';
import { createPolicyBlob } from './adapters/azure/policy-blob.ts';
import { createTablesLedger, type TablesLocation } from './adapters/azure/tables-ledger.ts';
import { createAzureTransport } from './adapters/azure/transport.ts';
import { createPolicyFile } from './adapters/files/policy-file.ts';
import { hmacSeal } from './adapters/links/hmac-seal.ts';
import { ledgerOnlyNotifier } from './adapters/ledger-only-notifier.ts';
import { systemClock } from './adapters/system-clock.ts';
import { createWorkflowWebhook } from './adapters/teams/workflow-webhook.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './ports/clock.ts';
import type { Ports } from './ports/ports.ts';
import { teamsCard } from './present/warning-card.ts';

function clockOf(settings: Settings): Clock {
  const accelerated = settings.loopback?.clock ?? null;
  return accelerated === null ? systemClock : acceleratedClock(accelerated, systemClock);
}

/** The ports of a deployment: the real Azure, or where the settings name one, the simulated Azure of this machine. */
export function deploymentPorts(settings: Settings): Ports {
  const clock = clockOf(settings);
  const loopbackOrigin = settings.loopback?.origin ?? null;
  const policyOrigins = settings.policy.kind === 'blob' ? [new URL(settings.policy.url).origin] : [];
  const transport = createAzureTransport({
    clock,
    loopbackOrigin,
    subscriptions: settings.scope.subscriptions,
    storageOrigins: [ledgerOrigin(settings.ledger), ...policyOrigins],
  });
  const credentials = createManagedIdentities(settings.identities);
  const location: TablesLocation =
    settings.ledger.kind === 'account'
      ? { ...settings.ledger, credential: credentials.reader }
      : { kind: 'emulator', connection: settings.ledger.connection.reveal() };
  const { clientOptions } = transport;
  return {
    clock,
    ...createAzurePorts(transport, credentials),
    ledger: createTablesLedger({ location, prefix: settings.ledgerPrefix, clientOptions }),
    notifier:
      settings.notifierWebhook === null
        ? ledgerOnlyNotifier
        : createWorkflowWebhook({
            clock,
            loopbackOrigin,
            webhook: settings.notifierWebhook,
            render: (message) => teamsCard(message, settings.publicUrl),
          }),
    policySource:
      settings.policy.kind === 'file'
        ? createPolicyFile(settings.policy.path)
        : createPolicyBlob({ transport, credential: credentials.reader, url: settings.policy.url }),
    standingPrices: settings.standingPrices,
    linkSeal: hmacSeal(settings.linkKeys),
    signingKeys: entraKeys(settings.tenantId, clientOptions.httpClient),
  };
}
