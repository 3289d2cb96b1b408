import { noStandingPrices } from '../../core/cost/stopped-cost.ts';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createAzurePorts } from '../../adapters/azure/azure-ports.ts';
import { createAzureTransport } from '../../adapters/azure/transport.ts';
import { hmacSeal } from '../../adapters/links/hmac-seal.ts';
import { createApp } from '../../app.ts';
import { Secret } from '../../config/secret.ts';
import type { Settings } from '../../config/settings.ts';
import type { Flow } from '../../fleet/flow.ts';
import { parseSubscriptionId } from '../../core/ids.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Ports } from '../../ports/ports.ts';
import { createInProcessClient, tenantId } from '../azure/index.ts';
import { DurableEngine } from '../durable/durable-engine.ts';
import { startDurableService } from '../durable/durable-service.ts';
import { durableMount } from '../host/durable-mount.ts';
import { loadFunctionApp } from '../host/function-app.ts';
import { FunctionsHost } from '../host/host.ts';
import { parseHostJson } from '../host/host-settings.ts';
import { azureDoor, type AzureWatch } from './azure-door.ts';
import { Fence } from './fence.ts';
import { countedIds } from './ids.ts';
import { ledgerUnavailable, simulatedNotifier } from './outages.ts';
import { listenInProcess } from './in-process-listener.ts';
import { seededChoices } from './seeded-choices.ts';
import type { Stage } from './stage.ts';

/** One life of the app's process, from its start to a crash or the end of the run. */
export type Life = {
  readonly engine: DurableEngine;
  readonly host: FunctionsHost;
  readonly fence: Fence;
  /** What the app's own code acts with. */
  readonly flow: Flow;
  /** Lets go of what the process held. */
  end(): Promise<void>;
};

export type LifeWatch = AzureWatch & { onMessage(message: Message): Promise<void> };

const farFuture = 253_402_300_799_000;
const origin = 'http://lamplighter.example';
const address = { taskHub: 'Lamplighter', connection: 'Storage', code: 'simulated' };

/** The same in every run, as everything in a simulation. */
const linkKey = new Secret(Buffer.alloc(32, 'simulated').toString('base64'));

/** What the host and the app log says nothing that the timeline does not. */
const log = (): void => undefined;

function settingsOf(stage: Stage): Settings {
  return {
    scope: { subscriptions: stage.azure.subscriptionIds.map(parseSubscriptionId), workspaces: null },
    policy: { kind: 'file', path: 'policy.yaml' },
    tenantId,
    audiences: ['api://lamplighter'],
    platformAuthentication: false,
    ledger: { kind: 'account', endpoint: 'https://ledger.table.core.windows.net' },
    ledgerPrefix: '',
    notifierWebhook: null,
    standingPrices: noStandingPrices,
    linkKeys: [linkKey],
    identities: { reader: null, stopper: null, provisioner: null },
    publicUrl: origin,
    loopback: null,
  };
}

function portsOf(stage: Stage, settings: Settings, fence: Fence, watch: LifeWatch): Ports {
  const { azure, clock, outages } = stage;
  const httpClient: HttpClient = azureDoor(createInProcessClient(azure), azure, fence, watch);
  const { subscriptions } = settings.scope;
  const transport = createAzureTransport({
    clock,
    subscriptions,
    storageOrigins: [],
    loopbackOrigin: null,
    httpClient,
  });
  const credential = {
    getToken: async () => ({ token: azure.staticToken(), expiresOnTimestamp: farFuture }),
  };
  const ledgerFault = (): Error | null => (outages.isOut('ledger', clock.now()) ? ledgerUnavailable() : null);
  const notifier = simulatedNotifier(
    () => outages.isOut('teams', clock.now()),
    (message) => watch.onMessage(message),
  );
  return {
    clock: { now: () => clock.now() },
    ...createAzurePorts(transport, { reader: credential, stopper: credential, provisioner: credential }),
    ledger: fence.around(stage.ledger, ledgerFault),
    notifier: fence.around(notifier),
    policySource: fence.around({ name: 'policy.yaml', read: async () => stage.policyFile }),
    linkSeal: hmacSeal(settings.linkKeys),
    signingKeys: fence.around({
      read: async () => ({ keys: (await azure.tokens.publicKeys()).keys.map((key) => ({ ...key })) }),
    }),
  };
}

/** Starts the app's process: the real app on the embedded host and engine, from nothing but the stage. Nothing runs yet. */
export async function openLife(stage: Stage, number: number, watch: LifeWatch): Promise<Life> {
  const { clock, scenario } = stage;
  const fence = new Fence();
  const settings = settingsOf(stage);
  const ports = portsOf(stage, settings, fence, watch);
  const app = await loadFunctionApp(() => createApp(ports, settings), { log });
  const durable = await startDurableService({
    app,
    store: stage.hub,
    clock,
    newGuid: stage.newGuid,
    choices: seededChoices(stage.seed),
    publicOrigin: origin,
    address,
    listen: listenInProcess,
  });
  const { engine, api } = durable;
  fence.onFall(() => engine.fence());
  // A timer that is due at this very moment has still to fire.
  let starting = true;
  const host = new FunctionsHost({
    app,
    clock: {
      now: () => clock.now() - (starting ? 1 : 0),
      at: (dueAt, callback) => clock.at(dueAt, callback),
    },
    settings: parseHostJson('{}').settings,
    keys: { master: 'simulated', host: {}, system: {}, functions: {} },
    timerStore: stage.timerStore,
    newId: countedIds(0x1000 + number),
    newKey: countedIds(0x2000 + number),
    log,
    timerPhaseMs: scenario.startAt % 60_000,
  });
  host.mount(
    'durabletask',
    durableMount(() => api),
  );
  host.timers.start();
  starting = false;
  return {
    engine,
    host,
    fence,
    flow: { ports, scope: settings.scope },
    async end() {
      fence.fall();
      host.timers.stop();
      await durable.close();
    },
  };
}
