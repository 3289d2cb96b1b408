import { noStandingPrices } from '../../src/core/cost/stopped-cost.ts';
import { hmacSeal } from '../../src/adapters/links/hmac-seal.ts';
import { createAzurePorts } from '../../src/adapters/azure/azure-ports.ts';
import { createAzureTransport } from '../../src/adapters/azure/transport.ts';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { createApp } from '../../src/app.ts';
import type { Settings } from '../../src/config/settings.ts';
import { parseSubscriptionId } from '../../src/core/ids.ts';
import {
  createInProcessClient,
  createSimulatedAzure,
  type SimulatedAzure,
  tenantId,
} from '../../src/local/azure/index.ts';
import type { LocalClock } from '../../src/local/clock.ts';
import { type DurableService, startDurableService } from '../../src/local/durable/durable-service.ts';
import { MemoryHubStore } from '../../src/local/durable/hub-store.ts';
import { loadFunctionApp } from '../../src/local/host/function-app.ts';
import type { FunctionApp } from '../../src/local/host/types.ts';
import type { Message } from '../../src/ports/notifier.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import { readLatestSweep, readSweepSummary, type SweepSummary } from '../../src/ledger/sweeps.ts';
import { type FleetShape, fleetSpec } from './fleet-spec.ts';

export type FleetOptions = {
  readonly clock: LocalClock;
  /** Clock time of every answer of Azure. */
  readonly latencyMs?: number;
  /** Clock time of every call of the ledger. */
  readonly ledgerLatencyMs?: number;
  readonly policy: string;
  /** Around the app, to look at its invocations. */
  readonly watch?: (app: FunctionApp) => FunctionApp;
};

export type Fleet = {
  readonly azure: SimulatedAzure;
  readonly app: FunctionApp;
  readonly service: DurableService;
  /** Messages sent so far, by kind. */
  readonly messages: ReadonlyMap<string, number>;
  /** Fires the sweep timer once, as each minute does. */
  fireTimer(): Promise<void>;
  /** What the latest sweep came to, however far it is. */
  latestSweep(): Promise<SweepSummary | null>;
};

const publicOrigin = 'http://127.0.0.1:7071';

function settingsOf(azure: SimulatedAzure): Settings {
  return {
    scope: { subscriptions: azure.subscriptionIds.map(parseSubscriptionId), workspaces: null },
    policy: { kind: 'file', path: 'policy.yaml' },
    tenantId,
    audiences: ['api://lamplighter'],
    platformAuthentication: false,
    ledger: { kind: 'account', endpoint: 'https://ledger.table.core.windows.net' },
    ledgerPrefix: '',
    notifierWebhook: null,
    standingPrices: noStandingPrices,
    linkKeys: [],
    identities: { reader: null, stopper: null, provisioner: null },
    publicUrl: publicOrigin,
    loopback: null,
  };
}

function slowed(ledger: Ledger, clock: LocalClock, latencyMs: number): Ledger {
  if (latencyMs === 0) return ledger;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      clock.at(clock.now() + latencyMs, resolve);
    });
  return {
    get: (...given) => pause().then(() => ledger.get(...given)),
    list: (...given) => pause().then(() => ledger.list(...given)),
    write: (...given) => pause().then(() => ledger.write(...given)),
    transact: (...given) => pause().then(() => ledger.transact(...given)),
    prune: (...given) => pause().then(() => ledger.prune(...given)),
  };
}

/** The real app with its real adapters in front of a simulated Azure, on the embedded engine, all in memory. Nothing runs yet. */
export async function openFleet(shape: FleetShape, options: FleetOptions): Promise<Fleet> {
  const { clock } = options;
  const azure = createSimulatedAzure(fleetSpec(shape, clock.now()), {
    clock,
    random: () => 0.5,
    events: 'none',
    latencyMs: options.latencyMs ?? 0,
  });
  const settings = settingsOf(azure);
  const transport = createAzureTransport({
    clock,
    subscriptions: settings.scope.subscriptions,
    storageOrigins: [],
    loopbackOrigin: null,
    httpClient: createInProcessClient(azure),
  });
  const credential = {
    getToken: async () => ({ token: azure.staticToken(), expiresOnTimestamp: 253_402_300_799_000 }),
  };
  const ledger = slowed(createMemoryLedger(), clock, options.ledgerLatencyMs ?? 0);
  const messages = new Map<string, number>();
  const ports = {
    clock: { now: () => clock.now() },
    ...createAzurePorts(transport, { reader: credential, stopper: credential, provisioner: credential }),
    ledger,
    notifier: {
      channel: 'bench',
      send: async ({ kind }: Message) => {
        messages.set(kind, (messages.get(kind) ?? 0) + 1);
        return { accepted: true, channel: 'bench' } as const;
      },
    },
    policySource: { name: 'policy.yaml', read: async () => options.policy },
    signingKeys: { read: async () => ({ keys: [] }) },
    linkSeal: hmacSeal([]),
  };
  const loaded = await loadFunctionApp(() => createApp(ports, settings), { log: () => undefined });
  const app = options.watch?.(loaded) ?? loaded;
  const service = await startDurableService({
    app,
    store: new MemoryHubStore(),
    clock,
    publicOrigin,
    address: { taskHub: 'Lamplighter', connection: 'Storage', code: 'bench' },
  });
  return {
    azure,
    app,
    service,
    messages,
    async fireTimer() {
      const timer = { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false };
      await app.invoke({
        functionName: 'sweepTimer',
        invocationId: `timer-${clock.now()}`,
        trigger: { json: JSON.stringify(timer) },
      });
    },
    async latestSweep() {
      const latest = await readLatestSweep(ledger);
      return latest === null ? null : readSweepSummary(ledger, latest.latest.sweepId);
    },
  };
}
