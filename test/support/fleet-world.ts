import { hmacSeal } from '../../src/adapters/links/hmac-seal.ts';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import type { Settings } from '../../src/config/settings.ts';
import { LamplighterError } from '../../src/core/errors.ts';
import { type ComputeRef, parseComputeName } from '../../src/core/ids.ts';
import type { Flow } from '../../src/fleet/flow.ts';
import { registerWorkflows } from '../../src/fleet/register-workflows.ts';
import { readDecision, readDecisionHistory, type RecordedDecision } from '../../src/ledger/decisions.ts';
import type { ComputeSpec, SimulatedAzureOptions, WorldSpec } from '../../src/local/azure/index.ts';
import type { EngineChoices } from '../../src/local/durable/engine-choices.ts';
import type { DurableEngine } from '../../src/local/durable/durable-engine.ts';
import { type DurableService, startDurableService } from '../../src/local/durable/durable-service.ts';
import { listenInProcess } from '../../src/local/simulation/in-process-listener.ts';
import { MemoryHubStore } from '../../src/local/durable/hub-store.ts';
import type { HubChange } from '../../src/local/durable/hub-state.ts';
import { loadFunctionApp } from '../../src/local/host/function-app.ts';
import type { FunctionApp, LogLine } from '../../src/local/host/types.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { Delivery, Message } from '../../src/ports/notifier.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { keepsTheRules } from './app-rules/keeps-the-rules.ts';
import {
  type SimulatedAdapters,
  simulatedAdapters,
  simulatedSubscription,
  simulatedWorkspace,
} from './simulated-adapters.ts';

export const startAt = Date.parse('2026-03-02T08:00:00Z');
export const minute = 60_000;
export const hour = 60 * minute;
/** A time of the world: `at(1, 30)` is an hour and a half after its start. */
export const at = (hours: number, minutes = 0): number => startAt + hours * hour + minutes * minute;

/** An instance that has been running for three hours and does nothing. */
export const idle = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'ComputeInstance',
  vmSize: 'Standard_DS3_v2',
  sinceAt: startAt - 3 * hour,
  user: 'ada',
  // Set by its user, so that the audit of the platform's own shutdown has nothing to say.
  properties: { properties: { idleTimeBeforeShutdown: 'PT72H' } },
  metrics: [{ fromAt: startAt - 3 * hour, toAt: startAt + 100 * hour, cpu: 0.4, network: 0 }],
  ...more,
});
/** Idle, except between these times. */
export const busyBetween = (name: string, fromAt: number, toAt: number): ComputeSpec =>
  idle(name, {
    metrics: [
      { fromAt: startAt - 3 * hour, toAt: startAt + 100 * hour, cpu: 0.4, network: 0 },
      { fromAt, toAt, cpu: 60, network: 0 },
    ],
  });

export const enforce = (more = ''): string =>
  `version: 1\nmode: enforce\nlimits: { maxStopsPercent: 100 }\n${more}`;

export type WorldOptions = {
  readonly policy?: string;
  readonly workspaces?: readonly string[];
  readonly choices?: EngineChoices;
  readonly azure?: Partial<SimulatedAzureOptions>;
  readonly users?: WorldSpec['users'];
  /** More of the world: resources, secrets that are missing … */
  readonly more?: Partial<WorldSpec>;
  /** Dies after so many changes of the engine's store, once. */
  readonly diesAfterCommits?: number;
  /** Is told of everything that workflows and ledger ever store. */
  readonly onStored?: (text: string) => void;
};

export type FleetWorld = SimulatedAdapters & {
  flow: Flow;
  readonly ledger: Ledger;
  readonly messages: Message[];
  readonly log: LogLine[];
  readonly engine: () => DurableEngine;
  /** The app of the present life. */
  readonly app: () => FunctionApp;
  readonly commits: () => number;
  policy: string;
  /** Whether the ledger, and the notifier, can be reached. */
  ledgerUp: boolean;
  notifierUp: boolean;
  /** Runs everything due until then, sweeps included. */
  runTo(untilAt: number): Promise<void>;
  fireTimer(name?: 'sweepTimer' | 'pruneTimer'): Promise<void>;
  /** The process dies now and starts again. */
  crash(): Promise<void>;
  decisionOf(name: string): Promise<RecordedDecision | null>;
  /** Reasons of its decisions, the oldest first. */
  historyOf(name: string): Promise<readonly string[]>;
  /** When Lamplighter's stops of it were accepted. */
  stopsOf(name: string): readonly number[];
  told(kind: Message['kind'], name?: string): readonly Message[];
  close(): Promise<void>;
};

export const refOf = (name: string, workspace = 'ws1'): ComputeRef => ({
  ...simulatedWorkspace(workspace),
  compute: parseComputeName(name),
});

const unavailable = (): LamplighterError =>
  new LamplighterError('The ledger cannot be reached.', {
    code: 'ledger.unavailable',
    fault: 'azure',
    retryable: true,
    fix: 'Wait.',
  });

/** A store that tells when the process would have died: nothing later is kept. */
class MortalHub extends MemoryHubStore {
  commits = 0;
  onDeath: (() => void) | null = null;
  dieAfter = Number.POSITIVE_INFINITY;
  onStored: ((text: string) => void) | null = null;

  override commit(changes: readonly HubChange[]): void {
    super.commit(changes);
    this.onStored?.(JSON.stringify(changes));
    this.commits += 1;
    if (this.commits === this.dieAfter) this.onDeath?.();
  }
}

/** The main flow over the real adapters in front of a simulated Azure, on the embedded engine, under a virtual clock. */
export async function fleetWorld(
  computes: readonly ComputeSpec[],
  options: WorldOptions = {},
): Promise<FleetWorld> {
  const names = options.workspaces ?? ['ws1'];
  const spec: WorldSpec = {
    startAt,
    workspaces: names.map((name) => ({
      name,
      subscription: 'main',
      resourceGroup: 'rg',
      location: 'westeurope',
    })),
    computes,
    users: options.users ?? [{ name: 'ada' }],
    ...options.more,
  };
  const adapters = simulatedAdapters(spec, options.azure);
  const { clock } = adapters;
  const memory = createMemoryLedger();
  const messages: Message[] = [];
  const log: LogLine[] = [];
  const hub = new MortalHub();
  hub.onStored = options.onStored ?? null;
  hub.dieAfter = options.diesAfterCommits ?? Number.POSITIVE_INFINITY;
  let dead = false;
  let death = gate();
  /** A step of an earlier life that is still under way reaches nothing any more. */
  let life = 0;

  const portsOf = (mine: number): Ports => {
    const guard = <Port extends object>(port: Port, isUp: () => boolean = () => true): Port =>
      new Proxy(port, {
        get: (target, member) => {
          const value: unknown = Reflect.get(target, member);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]): unknown => {
            if (dead || mine !== life) return new Promise(() => undefined);
            if (!isUp()) return Promise.reject(unavailable());
            if (member === 'write' || member === 'transact') options.onStored?.(JSON.stringify(given));
            return Reflect.apply(value, target, given);
          };
        },
      });
    return {
      clock,
      workspaces: guard(adapters.workspaces),
      computes: guard(adapters.computes),
      jobs: guard(adapters.jobs),
      metrics: guard(adapters.metrics),
      sizes: guard(adapters.sizes),
      quotas: guard(adapters.quotas),
      endpoints: guard(adapters.endpoints),
      computeSettings: guard(adapters.computeSettings),
      provisioning: guard(adapters.provisioning),
      permissions: guard(adapters.permissions),
      attachments: guard(adapters.attachments),
      ownIdentity: guard(adapters.ownIdentity),
      directory: guard(adapters.directory),
      ledger: guard(memory, () => world.ledgerUp),
      notifier: guard({
        channel: 'test',
        send: async (message: Message): Promise<Delivery> => {
          if (!world.notifierUp) return { accepted: false, why: 'Teams answered 503', retryAt: null };
          messages.push(message);
          return { accepted: true, channel: 'test' };
        },
      }),
      policySource: guard({ name: 'policy.yaml', read: async () => world.policy }),
      signingKeys: { read: async () => ({ keys: [] }) },
      linkSeal: hmacSeal([]),
    };
  };
  const settings: Pick<Settings, 'scope'> = {
    scope: { subscriptions: [simulatedSubscription], workspaces: null },
  };

  let app: FunctionApp;
  let service: DurableService;
  async function begin(): Promise<void> {
    const ports = portsOf(life);
    app = keepsTheRules(
      await loadFunctionApp(() => registerWorkflows(ports, settings, null), {
        log: (line) => log.push(line),
      }),
    );
    service = await startDurableService({
      app,
      store: hub,
      clock,
      publicOrigin: 'http://127.0.0.1:7071',
      address: { taskHub: 'Lamplighter', connection: 'Storage', code: 'key' },
      checkDeterminism: true,
      choices: { briefMetadata: true, ...options.choices },
      listen: listenInProcess,
    });
  }
  hub.onDeath = () => {
    dead = true;
    service.engine.fence();
    death.resolve();
  };

  let nextTimerAt = startAt;
  const world: FleetWorld = {
    ...adapters,
    flow: { ports: portsOf(0), scope: settings.scope },
    ledger: memory,
    messages,
    log,
    engine: () => service.engine,
    app: () => app,
    commits: () => hub.commits,
    policy: options.policy ?? enforce(),
    ledgerUp: true,
    notifierUp: true,
    async crash() {
      dead = true;
      await service.close();
      life += 1;
      dead = false;
      death = gate();
      world.flow = { ports: portsOf(life), scope: settings.scope };
      await begin();
    },
    async fireTimer(name = 'sweepTimer') {
      const timer = { schedule: { adjustForDST: true }, scheduleStatus: null, isPastDue: false };
      await app.invoke({
        functionName: name,
        invocationId: `timer-${clock.now()}`,
        trigger: { json: JSON.stringify(timer) },
      });
    },
    async runTo(untilAt) {
      for (;;) {
        if (dead) await world.crash();
        const [item] = service.engine.ready();
        if (item !== undefined) {
          // What dies in the middle never ends; the next life does it again.
          await Promise.race([service.engine.run(item), death.promise]);
          continue;
        }
        if (clock.now() >= nextTimerAt) {
          nextTimerAt += minute;
          await Promise.race([world.fireTimer(), death.promise]);
          continue;
        }
        const next = Math.min(service.engine.nextTimerAt() ?? Number.POSITIVE_INFINITY, nextTimerAt);
        if (next > untilAt) break;
        clock.advanceTo(next);
      }
      clock.advanceTo(untilAt);
    },
    decisionOf: (name) => readDecision(memory, refOf(name)),
    historyOf: async (name) =>
      (await readDecisionHistory(memory, refOf(name))).map((decision) => decision.reason).toReversed(),
    stopsOf: (name) =>
      adapters.azure.writes
        .filter((write) => write.byApp && write.operation === 'stop' && write.compute === name)
        .map((write) => write.at),
    told: (kind, name) =>
      messages.filter(
        (message) => message.kind === kind && (name === undefined || message.compute?.compute === name),
      ),
    close: () => service.close(),
  };
  await begin();
  return world;
}

type Gate = { readonly promise: Promise<void>; resolve(): void };

function gate(): Gate {
  const opened: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => {
    opened.push(resolve);
  });
  return { promise, resolve: () => opened.forEach((open) => open()) };
}
