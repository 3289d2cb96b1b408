import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { hmacSeal } from '../../src/adapters/links/hmac-seal.ts';
import { createApp } from '../../src/app.ts';
import { LamplighterError } from '../../src/core/errors.ts';
import { storePolicyText, writeCurrentPolicy } from '../../src/ledger/policies.ts';
import { policyHashOf } from '../../src/core/policy/parse.ts';
import { type MachineRequest, readRequest } from '../../src/ledger/requests.ts';
import {
  type ComputeSpec,
  objectIdOf,
  tenantId,
  type UserSpec,
  type WorldSpec,
} from '../../src/local/azure/index.ts';
import type { EngineChoices } from '../../src/local/durable/engine-choices.ts';
import { type DurableService, startDurableService } from '../../src/local/durable/durable-service.ts';
import { MemoryHubStore } from '../../src/local/durable/hub-store.ts';
import type { HubChange } from '../../src/local/durable/hub-state.ts';
import { durableMount } from '../../src/local/host/durable-mount.ts';
import { loadFunctionApp } from '../../src/local/host/function-app.ts';
import { FunctionsHost } from '../../src/local/host/host.ts';
import { parseHostJson } from '../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../src/local/host/timer-store.ts';
import type { FunctionApp } from '../../src/local/host/types.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { Delivery, Message } from '../../src/ports/notifier.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { WebAssets } from '../../src/present/web-assets.ts';
import { agentFilesOfSource } from './agent-files.ts';
import { type Reply, testSettings } from './app-under-test.ts';
import { type SimulatedAdapters, simulatedAdapters, simulatedSubscription } from './simulated-adapters.ts';

export const startAt = Date.parse('2026-03-02T08:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;

/** Everybody of these worlds: three who work, two who approve, one who may do all. */
const roles = {
  ada: [],
  bob: [],
  eve: [],
  cleo: ['Lamplighter.Approver'],
  dan: ['Lamplighter.Approver'],
  root: ['Lamplighter.Admin'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Who = keyof typeof roles;
export const rolesOf = (who: Who): readonly string[] => roles[who];

/** Where the process dies: right before or right after the effect of the nth call of a port's member. */
export type Death = {
  readonly port: keyof Ports;
  readonly member: string;
  readonly moment: 'before' | 'after';
  readonly nth?: number;
};

export type ProvisionWorldOptions = {
  readonly policy?: string;
  readonly computes?: readonly ComputeSpec[];
  readonly users?: readonly UserSpec[];
  readonly world?: Partial<WorldSpec>;
  readonly choices?: EngineChoices;
  readonly diesAfterCommits?: number;
  readonly death?: Death;
  /** A call that fails instead, right before or right after its effect; the process lives on. */
  readonly failure?: Death;
  readonly throttling?: boolean;
  /** Makes it an app that machines reach on this port of loopback, with the session agent to give away. */
  readonly publicPort?: number;
  /** The page's files, for tests in a browser. */
  readonly assets?: WebAssets;
  /** Replays every episode a second time. Default false: it doubles the work. */
  readonly checkDeterminism?: boolean;
  /** Sweeps run too, every five minutes. Default false: most of these worlds need none. */
  readonly sweeps?: boolean;
};

export type ProvisionWorld = SimulatedAdapters & {
  readonly ledger: Ledger;
  readonly messages: Message[];
  readonly commits: () => number;
  /** All that was ever written to the ledger and to workflows' histories; only with a `publicPort`. */
  readonly everythingKept: () => string;
  readonly deaths: () => number;
  notifierUp: boolean;
  ask(method: string, path: string, how?: AskHow): Promise<Reply>;
  tokenOf(as: Who): Promise<string>;
  /** Opens a socket on loopback until the test ends; its origin. */
  listen(): Promise<string>;
  /** Asks for a machine and answers what was answered. */
  request(as: Who, body?: object, key?: string): Promise<Reply>;
  requestOf(reply: Reply | string): Promise<MachineRequest>;
  runTo(untilAt: number): Promise<void>;
  /** From now on. */
  runFor(ms: number): Promise<void>;
  setPolicy(text: string): Promise<void>;
  /** Instances in Azure that carry this request. */
  madeFor(requestId: string): readonly string[];
};
export type AskHow = {
  readonly as?: Who;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Record<string, string>;
};

class MortalHub extends MemoryHubStore {
  commits = 0;
  keep: ((changes: unknown) => void) | null = null;
  onDeath: (() => void) | null = null;
  dieAfter = Number.POSITIVE_INFINITY;

  override commit(changes: readonly HubChange[]): void {
    super.commit(changes);
    this.keep?.(changes);
    this.commits += 1;
    if (this.commits === this.dieAfter) this.onDeath?.();
  }
}

// One key for all worlds: making one takes longer than most tests.
let tokenKey: ReturnType<SimulatedAdapters['azure']['tokens']['snapshot']> | null = null;

type Gate = { readonly promise: Promise<void>; readonly resolve: () => void };
function gate(): Gate {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => {
    resolvers.push(resolve);
  });
  return { promise, resolve: () => resolvers[0]?.() };
}

const failed = (): LamplighterError =>
  new LamplighterError('It cannot be reached.', {
    code: 'azure.unreadable',
    fault: 'azure',
    retryable: true,
    fix: 'Try again.',
  });

/** The whole app, doors and workflows, in front of a simulated Azure under a virtual clock; its process may die at chosen points. */
export async function provisionWorld(options: ProvisionWorldOptions = {}): Promise<ProvisionWorld> {
  const spec: WorldSpec = {
    startAt,
    workspaces: [{ name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' }],
    computes: options.computes ?? [],
    users: options.users ?? Object.keys(roles).map((name) => ({ name })),
    ...options.world,
  };
  const adapters = simulatedAdapters(spec, { throttling: options.throttling ?? false });
  const { clock, azure } = adapters;
  if (tokenKey === null) {
    await azure.userToken('ada');
    tokenKey = azure.tokens.snapshot();
  } else azure.tokens.restore(tokenKey);
  const memory = createMemoryLedger();
  const kept: string[] = [];
  const keep = (value: unknown): void => {
    if (options.publicPort !== undefined) kept.push(JSON.stringify(value));
  };
  const recorded: Ledger = {
    ...memory,
    write: (table, partition, write) => {
      keep([table, partition, write]);
      return memory.write(table, partition, write);
    },
    transact: (table, partition, writes) => {
      keep([table, partition, writes]);
      return memory.transact(table, partition, writes);
    },
  };
  const messages: Message[] = [];
  const hub = new MortalHub();
  hub.keep = keep;
  hub.dieAfter = options.diesAfterCommits ?? Number.POSITIVE_INFINITY;
  let dead = false;
  let death = gate();
  let life = 0;
  let policyText = options.policy ?? '';
  let deaths = 0;
  let app: FunctionApp;
  let service: DurableService;
  let host: FunctionsHost;

  const die = (): void => {
    dead = true;
    deaths += 1;
    service.engine.fence();
    death.resolve();
  };
  hub.onDeath = die;

  let seen = 0;
  let seenOfFailure = 0;
  const isFailure = (port: keyof Ports, member: unknown): boolean => {
    if (options.failure?.port !== port || options.failure.member !== member) return false;
    seenOfFailure += 1;
    return seenOfFailure === (options.failure.nth ?? 1);
  };
  const isDeath = (port: keyof Ports, member: unknown): boolean => {
    if (deaths > 0 || options.death?.port !== port || options.death.member !== member) return false;
    seen += 1;
    return seen === (options.death.nth ?? 1);
  };

  const portsOf = (mine: number): Ports => {
    const guard = <Port extends object>(name: keyof Ports, port: Port): Port =>
      new Proxy(port, {
        get: (target, member) => {
          const value: unknown = Reflect.get(target, member);
          if (typeof value !== 'function') return value;
          return async (...given: unknown[]): Promise<unknown> => {
            const never = new Promise(() => undefined);
            if (dead || mine !== life) return never;
            const dies = isDeath(name, member);
            if (dies && options.death?.moment === 'before') {
              die();
              return never;
            }
            const fails = isFailure(name, member);
            if (fails && options.failure?.moment === 'before') throw failed();
            const result: unknown = await Reflect.apply(value, target, given);
            if (fails) throw failed();
            if (dies) {
              die();
              return never;
            }
            return dead || mine !== life ? never : result;
          };
        },
      });
    const { azure: _azure, clock: _clock, ...azurePorts } = adapters;
    const guarded = Object.entries(azurePorts).map(([name, port]) => [
      name,
      guard(name as keyof Ports, port),
    ]);
    return {
      ...(Object.fromEntries(guarded) as typeof azurePorts),
      clock,
      ledger: guard('ledger', recorded),
      notifier: guard('notifier', {
        channel: 'test',
        send: async (message: Message): Promise<Delivery> => {
          if (!world.notifierUp) return { accepted: false, why: 'Teams answered 503', retryAt: null };
          messages.push(message);
          return { accepted: true, channel: 'test' };
        },
      }),
      policySource: guard('policySource', { name: 'policy.yaml', read: async () => policyText }),
      linkSeal: hmacSeal(settings.linkKeys),
      signingKeys: {
        read: async () => ({ keys: (await azure.tokens.publicKeys()).keys.map((key) => ({ ...key })) }),
      },
    };
  };
  const { publicPort } = options;
  const settings = testSettings({
    LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription,
    LAMPLIGHTER_TENANT_ID: tenantId,
    ...(publicPort === undefined ? {} : { LAMPLIGHTER_PUBLIC_URL: `http://127.0.0.1:${publicPort}` }),
  });

  const files = publicPort === undefined ? null : agentFilesOfSource;
  async function begin(): Promise<void> {
    const ports = portsOf(life);
    app = await loadFunctionApp(() => createApp(ports, settings, options.assets, files), {
      log: () => undefined,
    });
    service = await startDurableService({
      app,
      store: hub,
      clock,
      publicOrigin: 'http://127.0.0.1:7071',
      address: { taskHub: 'Lamplighter', connection: 'Storage', code: 'key' },
      checkDeterminism: options.checkDeterminism ?? false,
      choices: { briefMetadata: true, ...options.choices },
    });
    host = new FunctionsHost({
      app,
      clock,
      settings: parseHostJson('{}').settings,
      keys: { master: 'master', host: {}, system: {}, functions: {} },
      timerStore: memoryTimerStore(),
      newId: randomUUID,
      newKey: randomUUID,
      log: () => undefined,
    });
    const { api } = service;
    host.mount(
      'durabletask',
      durableMount(() => api),
    );
    if (publicPort !== undefined) await host.listen(publicPort);
  }
  async function live(): Promise<void> {
    if (!dead) return;
    await service.close();
    if (publicPort !== undefined) await host.stop();
    life += 1;
    dead = false;
    death = gate();
    await begin();
  }
  const fireTimer = async (functionName: 'requestTimer' | 'sweepTimer'): Promise<void> => {
    const timer = { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false };
    await app.invoke({
      functionName,
      invocationId: `${functionName}-${clock.now()}`,
      trigger: { json: JSON.stringify(timer) },
    });
  };

  let nextTimerAt = startAt + minute;
  const world: ProvisionWorld = {
    ...adapters,
    ledger: memory,
    messages,
    notifierUp: true,
    commits: () => hub.commits,
    everythingKept: () => kept.join('\n'),
    deaths: () => deaths,
    tokenOf: (as) => azure.userToken(as, { roles: ['Lamplighter.User', ...roles[as]] }),
    async listen() {
      const port = await host.listen(0);
      onTestFinished(() => host.stop());
      return `http://127.0.0.1:${port}`;
    },
    async ask(method, path, how = {}) {
      await live();
      const body =
        how.body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(how.body));
      const token = how.as === undefined ? null : await world.tokenOf(how.as);
      const asked = host.request({
        method,
        target: path,
        headers: Object.entries({
          host: '127.0.0.1:7071',
          ...(how.body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(body.byteLength) }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'POST' && how.headers?.['idempotency-key'] === undefined
            ? { 'idempotency-key': how.key ?? randomUUID() }
            : {}),
          ...how.headers,
        }),
        body,
      });
      // Whoever asked a process that dies gets no answer.
      const response = await Promise.race([asked, death.promise.then(() => null)]);
      if (response === null) return { status: 0, headers: new Headers(), text: '', json: {} };
      const headers = new Headers(response.headers.map(([name, value]) => [name, value]));
      const text = new TextDecoder().decode(response.body);
      const isJson = /json/.test(headers.get('content-type') ?? '');
      return {
        status: response.status,
        headers,
        text,
        json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
    },
    request: (as, body = {}, key = randomUUID()) =>
      world.ask('POST', '/api/requests', {
        as,
        key,
        body: { workspace: 'ws1', vmSize: 'Standard_DS3_v2', ...body },
      }),
    async requestOf(reply) {
      const id = typeof reply === 'string' ? reply : String(reply.json['requestId']);
      const stored = await readRequest(memory, id);
      if (stored === null)
        throw new Error(`There is no request ${id}: ${typeof reply === 'string' ? '' : reply.text}`);
      return stored.request;
    },
    async runTo(untilAt) {
      for (;;) {
        await live();
        const [item] = service.engine.ready();
        if (item !== undefined) {
          // What dies in the middle never ends; the next life does it again.
          await Promise.race([service.engine.run(item), death.promise]);
          continue;
        }
        if (clock.now() >= nextTimerAt) {
          nextTimerAt += 5 * minute;
          await Promise.race([fireTimer('requestTimer'), death.promise]);
          if (options.sweeps === true) await Promise.race([fireTimer('sweepTimer'), death.promise]);
          continue;
        }
        const next = Math.min(service.engine.nextTimerAt() ?? Number.POSITIVE_INFINITY, nextTimerAt);
        if (next > untilAt) break;
        clock.advanceTo(next);
      }
      clock.advanceTo(untilAt);
    },
    runFor: (ms) => world.runTo(clock.now() + ms),
    async setPolicy(text) {
      policyText = text;
      const hash = policyHashOf(text);
      await storePolicyText(memory, hash, text, clock.now());
      await writeCurrentPolicy(memory, { hash, sinceAt: clock.now(), approvedBy: null });
    },
    madeFor: (requestId) =>
      azure
        .computes()
        .filter((record) => record.tags['lamplighter-request'] === requestId)
        .map((record) => record.name),
  };
  await begin();
  if (options.policy !== undefined) await world.setPolicy(options.policy);
  onTestFinished(async () => {
    if (publicPort !== undefined) await host.stop();
    await service.close();
  });
  return world;
}

export const idOf = (name: Who): string => objectIdOf(name);
