import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { hmacSeal } from '../../src/adapters/links/hmac-seal.ts';
import { createApp } from '../../src/app.ts';
import type { Role } from '../../src/auth/caller.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';
import { loadFunctionApp } from '../../src/local/host/function-app.ts';
import { FunctionsHost } from '../../src/local/host/host.ts';
import { parseHostJson } from '../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../src/local/host/timer-store.ts';
import type { FunctionApp, LogLine } from '../../src/local/host/types.ts';
import { VirtualClock } from '../../src/local/virtual-clock.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { WebAssets } from '../../src/present/web-assets.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { keepsTheRules } from './app-rules/keeps-the-rules.ts';
import { agentFilesOfSource } from './agent-files.ts';
import { EntraTenant } from './entra-tenant.ts';

export const subscriptionId = '11111111-0000-4000-8000-000000000001';
export const startAt = Date.UTC(2026, 2, 2, 8);

const environment = {
  LAMPLIGHTER_SUBSCRIPTIONS: subscriptionId,
  LAMPLIGHTER_POLICY: 'policy.yaml',
  LAMPLIGHTER_TENANT_ID: '22222222-0000-4000-8000-000000000002',
  LAMPLIGHTER_AUDIENCE: 'api://lamplighter',
  LAMPLIGHTER_LEDGER_ENDPOINT: 'https://ledger.table.core.windows.net',
  LAMPLIGHTER_LINK_KEY: Buffer.alloc(32, 'test').toString('base64'),
};

export function testSettings(changes: Record<string, string> = {}): Settings {
  const outcome = loadSettings({ ...environment, ...changes });
  if (!outcome.ok) throw new Error(outcome.faults.map((fault) => fault.detail).join('\n'));
  return outcome.settings;
}

/** A port that a test does not expect to be used: whoever uses it is told so. */
function unused<Port extends object>(name: string): Port {
  return new Proxy({} as Port, {
    get: (_target, member) => () => {
      throw new Error(`The port ${name} was used (${String(member)}).`);
    },
  });
}

export const person = {
  ada: 'aaaaaaaa-0000-4000-8000-00000000000a',
  bob: 'bbbbbbbb-0000-4000-8000-00000000000b',
  admin: 'cccccccc-0000-4000-8000-00000000000c',
} as const;
export type PersonName = keyof typeof person;

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; an empty object where it is none. */
  readonly json: Record<string, unknown>;
};
export type Ask = {
  readonly as?: PersonName;
  /** A token of another tenant’s making, in place of `as`. */
  readonly token?: string;
  readonly body?: unknown;
  /** Bytes to be sent as they are, in place of a body. */
  readonly raw?: Uint8Array;
  readonly headers?: Record<string, string>;
};

export type AppUnderTest = {
  readonly app: FunctionApp;
  readonly ledger: Ledger;
  readonly clock: VirtualClock;
  readonly log: LogLine[];
  tokenOf(name: PersonName): Promise<string>;
  /** Opens a socket on loopback until the test ends; its origin. */
  listen(): Promise<string>;
  ask(method: string, path: string, how?: Ask): Promise<Reply>;
};

/** The clock has to be one that the test moves. */
export type GivenPorts = Partial<Omit<Ports, 'clock'>> & { readonly clock?: VirtualClock };

/** The whole app on the embedded host, without sockets: memory ledger, stopped clock, a tenant that signs tokens. */
export async function appUnderTest(
  ports: GivenPorts = {},
  settings: Settings = testSettings(),
  assets?: WebAssets,
): Promise<AppUnderTest> {
  const clock = ports.clock ?? new VirtualClock(startAt);
  const tenant = await EntraTenant.create(settings.tenantId);
  const ledger = ports.ledger ?? createMemoryLedger();
  const log: LogLine[] = [];
  const all: Ports = {
    clock,
    ledger,
    workspaces: unused('workspaces'),
    computes: unused('computes'),
    jobs: unused('jobs'),
    metrics: unused('metrics'),
    sizes: unused('sizes'),
    quotas: unused('quotas'),
    endpoints: unused('endpoints'),
    computeSettings: unused('computeSettings'),
    provisioning: unused('provisioning'),
    permissions: unused('permissions'),
    attachments: unused('attachments'),
    ownIdentity: unused('ownIdentity'),
    directory: unused('directory'),
    notifier: unused('notifier'),
    policySource: unused('policySource'),
    signingKeys: tenant.keys,
    linkSeal: hmacSeal(settings.linkKeys),
    ...ports,
  };
  const app = keepsTheRules(
    await loadFunctionApp(() => createApp(all, settings, assets, agentFilesOfSource), {
      log: (line) => log.push(line),
    }),
  );
  const host = new FunctionsHost({
    app,
    clock,
    settings: parseHostJson('{}').settings,
    keys: { master: 'master', host: {}, system: {}, functions: {} },
    timerStore: memoryTimerStore(),
    newId: randomUUID,
    newKey: randomUUID,
    log: () => undefined,
  });

  const tokenOf = (name: PersonName): Promise<string> => {
    const roles: Role[] = [name === 'admin' ? 'Lamplighter.Admin' : 'Lamplighter.User'];
    return tenant.sign(tenant.claims(clock.now(), { oid: person[name], name, roles }));
  };

  return {
    app,
    ledger,
    clock,
    log,
    tokenOf,
    async listen() {
      const port = await host.listen(0);
      onTestFinished(() => host.stop());
      return `http://127.0.0.1:${port}`;
    },
    async ask(method, path, how = {}) {
      const token = how.as === undefined ? how.token : await tokenOf(how.as);
      const body =
        how.raw ??
        (how.body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(how.body)));
      const response = await host.request({
        method,
        target: path,
        headers: Object.entries({
          host: '127.0.0.1:7071',
          ...(how.body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(body.byteLength) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
          ...how.headers,
        }),
        body,
      });
      const headers = new Headers(response.headers.map(([name, value]) => [name, value]));
      // Without a content length the body is in chunks, as it goes out on the wire.
      const text = new TextDecoder().decode(response.body);
      const isJson = /json/.test(headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers,
        text,
        json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
    },
  };
}
