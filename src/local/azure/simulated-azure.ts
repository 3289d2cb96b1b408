import { actInAzure, type PersonsAct } from './people.ts';
import { appPrincipal } from './principal.ts';
import { ArmHost, type ArmSettings } from './arm-host.ts';
import { CallLog, type AcceptedWrite, type CountedOperation, type UnknownRequest } from './call-log.ts';
import { EventFeed, type EventDelivery, type EventFeedSnapshot } from './event-feed.ts';
import { Faults, type FaultsSnapshot, type Outage, type Skew, type Throttle } from './faults.ts';
import { handleEntra } from './entra-host.ts';
import { handleGraph } from './graph-host.ts';
import { handleKeyVault } from './key-vault-host.ts';
import { handleManagedIdentity } from './managed-identity.ts';
import { handleMonitor } from './monitor-host.ts';
import { Operations, type OperationRecord } from './operations.ts';
import { renderCompute, shownState } from './compute-wire.ts';
import { Tokens, type TokensSnapshot, type UserTokenOptions } from './tokens.ts';
import { World, type WorldSnapshot } from './world.ts';
import { errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import type { AzureParts, CreationPlan, CreationPlanner, WireHabits } from './azure-parts.ts';
import type { ComputeEventKind } from './event-shape.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { JsonObject } from './json.ts';
import type { LocalClock } from '../clock.ts';
import type { Outcome } from './state-machine.ts';
import type { WorldSpec } from './world-spec.ts';

/** Sees every request before it is handled; an answer given here is the answer. For faults no scenario can say. */
export type FaultHook = (request: WireRequest) => WireResponse | null;

export type SimulatedAzureOptions = {
  readonly clock: LocalClock;
  /** 0 ≤ n < 1, seeded: whatever happens by lot depends on it alone. */
  readonly random: () => number;
  /** Default 3 minutes. */
  readonly metricsDelayMs?: number;
  /** Default 0. */
  readonly metricsStartDelayMs?: number;
  /** ARM's token buckets. Default true. */
  readonly throttling?: boolean;
  readonly habits?: Partial<WireHabits>;
  readonly events?: EventDelivery;
  /** Whether the ends of the world's first jobs are told, as workspaces tell them whose topics somebody listens to. */
  readonly runEvents?: boolean;
  /** Clock time that every answer takes. Default 0: then nothing but promises stands between request and answer. */
  readonly latencyMs?: number;
  /** What `IDENTITY_HEADER` must be. */
  readonly identitySecret?: string;
};

/** A simulated Azure between two lives of its process: plain JSON. */
export type SimulatedAzureSnapshot = {
  readonly formatVersion: 1;
  readonly world: WorldSnapshot;
  readonly faults: FaultsSnapshot;
  readonly events: EventFeedSnapshot;
  readonly operations: readonly OperationRecord[];
  readonly tokens: TokensSnapshot;
  readonly plans: readonly (readonly [string, CreationPlan])[];
  readonly writes: readonly AcceptedWrite[];
  readonly calls: readonly (readonly [CountedOperation, number])[];
};

const defaultHabits: WireHabits = {
  thinRows: false,
  acceptedHeaders: 'seeded',
  pageSize: 100,
  idleSettingSince: null,
  metricsAudiences: null,
};
export const defaultIdentitySecret = 'simulated-identity-header';

/** One simulated Azure: a world, the hosts that speak for it, and the hand of fate. Made by `createSimulatedAzure`. */
export class SimulatedAzure {
  readonly #parts: AzureParts;
  readonly #arm: ArmHost;
  readonly #settings: ArmSettings;
  readonly #latencyMs: number;
  readonly #identitySecret: string;
  #hook: FaultHook | null = null;

  constructor(world: World, options: SimulatedAzureOptions) {
    const { clock, random } = options;
    this.#parts = {
      clock,
      random,
      world,
      faults: new Faults(),
      log: new CallLog(),
      feed: new EventFeed(clock, random, options.events ?? 'normal'),
      tokens: new Tokens(clock),
      operations: new Operations(),
      habits: { ...defaultHabits, ...options.habits },
      plans: new Map(),
      planCreation: null,
    };
    this.#settings = {
      delayMs: options.metricsDelayMs ?? 180_000,
      startDelayMs: options.metricsStartDelayMs ?? 0,
      throttling: options.throttling ?? true,
    };
    this.#arm = new ArmHost(this.#parts, this.#settings);
    this.#latencyMs = options.latencyMs ?? 0;
    this.#identitySecret = options.identitySecret ?? defaultIdentitySecret;
  }

  /** Answers one request to any of Azure's hosts that are known here. Throws only where `url` is none. */
  async handle(request: WireRequest): Promise<WireResponse> {
    if (this.#latencyMs > 0) await this.#wait(this.#latencyMs);
    const hooked = this.#hook?.(request) ?? null;
    if (hooked !== null) return hooked;
    const { hostname, pathname } = new URL(request.url);
    if (pathname === '/msi/token') {
      return await handleManagedIdentity(request, this.#parts, this.#identitySecret);
    }
    if (hostname === 'management.azure.com') return await this.#arm.handle(request);
    if (hostname === 'login.microsoftonline.com') return await handleEntra(request, this.#parts);
    if (hostname === 'graph.microsoft.com') return await handleGraph(request, this.#parts);
    const vault = /^([-a-z0-9]+)\.vault\.azure\.net$/i.exec(hostname)?.[1];
    if (vault !== undefined) return await handleKeyVault(request, vault, this.#parts);
    const region = /^([a-z0-9]+)\.metrics\.monitor\.azure\.com$/i.exec(hostname)?.[1]?.toLowerCase();
    if (region !== undefined) return await handleMonitor(request, region, this.#parts, this.#settings);
    this.#parts.log.unknownRequests.push({
      at: this.#parts.clock.now(),
      method: request.method,
      url: request.url,
    });
    return errorAnswer(404, 'HostNotFound', `No simulated Azure service answers at ${hostname}.`);
  }

  // --- what people and fate do ---

  /** Somebody acts in Azure, not through Lamplighter. A conflict is an outcome; a name nobody bears throws `world.invalid`. */
  act(deed: PersonsAct): Outcome {
    return actInAzure(this.#parts, deed);
  }

  outage(outage: Outage): void {
    this.#parts.faults.addOutage(outage);
  }

  throttle(throttle: Throttle): void {
    this.#parts.faults.addThrottle(throttle);
  }

  skew(skew: Skew): void {
    this.#parts.faults.addSkew(skew);
  }

  /** Decides what machines that are yet to be created will do. */
  planCreation(planner: CreationPlanner | null): void {
    this.#parts.planCreation = planner;
  }

  onRequest(hook: FaultHook | null): void {
    this.#hook = hook;
  }

  /** Sends an event about a compute that nothing in Azure caused. */
  sendEvent(event: {
    readonly type: ComputeEventKind;
    readonly compute: string;
    readonly workspace?: string;
    readonly copies?: number;
    readonly shuffled?: boolean;
  }): void {
    const { world, clock, feed } = this.#parts;
    const record = world.find(event.compute, clock.now(), event.workspace);
    if (record === undefined) return;
    const operation = event.type === 'action' ? 'start/action' : event.type;
    feed.inject(
      {
        kind: event.type,
        operation,
        succeeded: true,
        computeId: record.id,
        at: clock.now(),
        by: appPrincipal('azure'),
      },
      event.copies,
      event.shuffled,
    );
  }

  // --- what can be seen of it ---

  get events(): EventFeed {
    return this.#parts.feed;
  }

  get tokens(): Tokens {
    return this.#parts.tokens;
  }

  /** A bearer token for Azure that never expires and needs no signature; default: of the app. */
  staticToken(appName = 'lamplighter'): string {
    return this.#parts.tokens.staticToken(appPrincipal(appName));
  }

  /** A person's token for the app's HTTP doors. */
  userToken(name: string, options?: UserTokenOptions): Promise<string> {
    return this.#parts.tokens.userToken(name, options);
  }

  /** The state Azure shows now, JobRunning too; null: not an instance, or there is no such compute. */
  stateOf(compute: string, workspace?: string): string | null {
    const record = this.compute(compute, workspace);
    return record === undefined ? null : shownState(record, this.#parts.clock.now());
  }

  exists(compute: string, workspace?: string): boolean {
    return this.compute(compute, workspace) !== undefined;
  }

  /** What ARM would answer to a GET now, by name or ARM id. */
  show(compute: string, workspace?: string): JsonObject | null {
    const record = this.compute(compute, workspace);
    return record === undefined ? null : renderCompute(record, this.#parts.clock.now());
  }

  compute(compute: string, workspace?: string): Readonly<ComputeRecord> | undefined {
    return this.#parts.world.find(compute, this.#parts.clock.now(), workspace);
  }

  /** All computes there are now, of every workspace. */
  computes(): readonly Readonly<ComputeRecord>[] {
    const { world, clock } = this.#parts;
    return [...world.workspaces.values()].flatMap((workspace) => world.computesOf(workspace, clock.now()));
  }

  get subscriptionIds(): readonly string[] {
    return [...this.#parts.world.subscriptions.keys()];
  }

  callCount(operation: CountedOperation): number {
    return this.#parts.log.countOf(operation);
  }

  get calls(): ReadonlyMap<CountedOperation, number> {
    return this.#parts.log.calls;
  }

  /** Writes accepted so far, in order. */
  get writes(): readonly AcceptedWrite[] {
    return this.#parts.log.writes;
  }

  /** Requests that no route answers: a test can demand that there are none. */
  get unknownRequests(): readonly UnknownRequest[] {
    return this.#parts.log.unknownRequests;
  }

  /** Jobs of now that will end: their ends become events. */
  tellRuns(): void {
    const { clock, feed } = this.#parts;
    const now = clock.now();
    for (const { id, jobs } of this.computes()) {
      const endOf = new Map(jobs.map(({ name, toAt }) => [name, toAt ?? null]));
      for (const [run, at] of endOf) {
        if (at === null || at <= now) continue;
        feed.emitRun({ workspaceId: id.replace(/\/computes\/[^/]+$/i, ''), run, at });
      }
    }
  }

  // --- between two lives ---

  snapshot(): SimulatedAzureSnapshot {
    const { world, faults, feed, operations, tokens, plans, log } = this.#parts;
    return {
      formatVersion: 1,
      world: world.snapshot(),
      faults: faults.snapshot(),
      events: feed.snapshot(),
      operations: operations.snapshot(),
      tokens: tokens.snapshot(),
      plans: [...plans],
      writes: [...log.writes],
      calls: [...log.calls],
    };
  }

  static restored(snapshot: SimulatedAzureSnapshot, options: SimulatedAzureOptions): SimulatedAzure {
    const azure = new SimulatedAzure(World.restore(snapshot.world), options);
    const { faults, feed, operations, tokens, plans, log } = azure.#parts;
    faults.restore(snapshot.faults);
    feed.restore(snapshot.events);
    operations.restore(snapshot.operations);
    tokens.restore(snapshot.tokens);
    for (const [key, plan] of structuredClone(snapshot.plans)) plans.set(key, plan);
    log.writes.push(...snapshot.writes);
    for (const [operation, count] of snapshot.calls) log.calls.set(operation, count);
    return azure;
  }

  #wait(milliseconds: number): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.at(clock.now() + milliseconds, resolve);
    });
  }
}

/** A simulated Azure that holds the world. Throws `world.invalid` where the world contradicts itself. */
export function createSimulatedAzure(spec: WorldSpec, options: SimulatedAzureOptions): SimulatedAzure {
  const azure = new SimulatedAzure(World.of(spec), options);
  if (options.runEvents === true) azure.tellRuns();
  return azure;
}

/** One that goes on where `snapshot` was taken. */
export const restoreSimulatedAzure = (
  snapshot: SimulatedAzureSnapshot,
  options: SimulatedAzureOptions,
): SimulatedAzure => SimulatedAzure.restored(snapshot, options);
