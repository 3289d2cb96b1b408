import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tenantId } from '../azure/index.ts';
import { defaultIdentitySecret } from '../azure/simulated-azure.ts';
import type { WebhookPost } from '../azure/event-delivery.ts';
import { durableSettings } from '../durable/durable-settings.ts';
import { startDurableService } from '../durable/durable-service.ts';
import { FreeRunner } from '../durable/free-runner.ts';
import { SqliteHubStore } from '../durable/sqlite-hub-store.ts';
import { durableMount } from '../host/durable-mount.ts';
import { loadFunctionApp } from '../host/function-app.ts';
import { parseHostJson } from '../host/host-settings.ts';
import { FunctionsHost } from '../host/host.ts';
import { requireFresh } from '../host/require-fresh.ts';
import { fileTimerStore } from '../host/timer-store.ts';
import type { LogLine } from '../host/types.ts';
import type { LocalClock } from '../clock.ts';

export type LocalAppOptions = {
  readonly clock: LocalClock;
  readonly factor: number;
  readonly port: number;
  readonly bundle: string;
  readonly hostJson: string;
  readonly policyFile: string;
  readonly subscriptions: readonly string[];
  readonly azureOrigin: string;
  readonly ledgerConnection: string;
  readonly linkKey: string;
  readonly hubFile: string;
  readonly timerFile: string;
  readonly log: (line: LogLine) => void;
};

export type LocalApp = {
  readonly url: string;
  readonly functions: number;
  /** What a deployment would have in its settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** The door that Event Grid delivers to. */
  readonly postEvents: WebhookPost;
  /** Lets timers and workflows go. */
  start(): void;
  stop(): Promise<void>;
};

/** What a deployment would have in its settings, pointed at this machine. */
function environment(options: LocalAppOptions, url: string): Record<string, string> {
  const { clock, factor } = options;
  return {
    LAMPLIGHTER_SUBSCRIPTIONS: options.subscriptions.join(','),
    LAMPLIGHTER_POLICY: options.policyFile,
    LAMPLIGHTER_TENANT_ID: tenantId,
    LAMPLIGHTER_AUDIENCE: 'api://lamplighter',
    LAMPLIGHTER_LEDGER_CONNECTION: options.ledgerConnection,
    LAMPLIGHTER_PUBLIC_URL: url,
    LAMPLIGHTER_LINK_KEY: options.linkKey,
    LAMPLIGHTER_STANDING_PRICES: 'disk=19.71,publicIp=0.005,loadBalancer=0.025',
    LAMPLIGHTER_LOOPBACK_AZURE: options.azureOrigin,
    LAMPLIGHTER_LOOPBACK_CLOCK: JSON.stringify({ realAt: Date.now(), shownAt: clock.now(), factor }),
    IDENTITY_ENDPOINT: `${options.azureOrigin}/msi/token`,
    IDENTITY_HEADER: defaultIdentitySecret,
    WEBSITE_HOSTNAME: new URL(url).host,
  };
}

/** The unchanged bundle on the embedded host, its workflows on the embedded engine; nothing runs before `start`. */
export async function openLocalApp(options: LocalAppOptions): Promise<LocalApp> {
  const { clock, log } = options;
  const hostJson = readFileSync(options.hostJson, 'utf8');
  const { settings, notices } = parseHostJson(hostJson);
  for (const message of notices) log({ level: 'debug', category: 'Host.Startup', message });
  const store = SqliteHubStore.open(options.hubFile);

  const url = `http://127.0.0.1:${options.port}`;
  const deployment = environment(options, url);
  Object.assign(process.env, deployment);
  const app = await loadFunctionApp(() => requireFresh(options.bundle), { log });
  const { taskHub, limits } = durableSettings(JSON.parse(hostJson));
  const address = { taskHub, connection: 'Storage', code: randomUUID() };
  const durable = await startDurableService({ app, store, clock, publicOrigin: url, address });
  const runner = new FreeRunner(durable.engine, limits, (fault, item) =>
    log({ level: 'error', category: 'Durable', message: `${item.id}: ${String(fault)}` }),
  );
  const eventsKey = randomUUID();
  const host = new FunctionsHost({
    app,
    clock,
    settings,
    keys: {
      master: randomUUID(),
      host: {},
      system: { durabletask_extension: address.code, eventgrid_extension: eventsKey },
      functions: {},
    },
    timerStore: fileTimerStore(options.timerFile),
    newId: randomUUID,
    newKey: randomUUID,
    log,
  });
  host.mount(
    'durabletask',
    durableMount(() => durable.api),
  );
  await host.listen(options.port);
  return {
    url,
    functions: app.functions.size,
    settings: deployment,
    async postEvents({ headers, body }) {
      const door = `${url}/runtime/webhooks/eventgrid?functionName=computeEvents`;
      const response = await fetch(door, {
        method: 'POST',
        headers: { ...headers, 'x-functions-key': eventsKey },
        body,
      });
      return { status: response.status, body: await response.text() };
    },
    start() {
      // On Azure the worker process would be replaced, and after the third crash in a row the host.
      host.guardProcess(() => process.exit(1));
      runner.start();
      host.timers.start();
      host.timers.runFreely();
    },
    async stop() {
      await host.stop();
      await runner.stop();
      await durable.close();
      store.close();
    },
  };
}
