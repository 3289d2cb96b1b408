import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { computeKey, parseComputeArmId, type ComputeKey, type ComputeRef } from '../../core/ids.ts';
import { parsePolicy, policyHashOf } from '../../core/policy/parse.ts';
import { requestTag } from '../../core/provision/machine.ts';
import type { Policy } from '../../core/policy/types.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { CreationPlanner } from '../azure/azure-parts.ts';
import { Faults } from '../azure/faults.ts';
import { type ComputeSpec, createSimulatedAzure, type SimulatedAzure } from '../azure/index.ts';
import { MemoryHubStore } from '../durable/hub-store.ts';
import { memoryTimerStore, type TimerStore } from '../host/timer-store.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { AttachWatch } from './attach-watch.ts';
import { DecisionWatch } from './decision-watch.ts';
import { FindingWatch } from './finding-watch.ts';
import { countedIds } from './ids.ts';
import { observedLedger } from './observed-ledger.ts';
import { Outages } from './outages.ts';
import { PlatformClock } from './promises/platform-clock.ts';
import { RequestWatch } from './request-watch.ts';
import { policyFileOf } from './scenario-policy.ts';
import type { Deed, Scenario, ScenarioCompute, ScenarioPolicy } from './scenario/types.ts';
import { simulatedSigningKey } from './signing-key.ts';
import { Timeline } from './timeline.ts';
import { WarningWatch } from './warning-watch.ts';

type RequestDeed = Extract<Deed, { do: 'request' }>;
type AttachDeed = Extract<Deed, { do: 'attach' }>;

/** What outlives the app's process: time, Azure, the ledger, the workflows' histories, the policy file; and what was seen of it all. */
export class Stage {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly azure: SimulatedAzure;
  /** What is really in it, behind outages and fences. */
  readonly ledger: Ledger;
  readonly hub = new MemoryHubStore();
  readonly timerStore: TimerStore = memoryTimerStore();
  readonly outages = new Outages();
  /** The clock errors of Azure's sources, for those who ask what Azure shows without asking it. */
  readonly skews = new Faults();
  readonly timeline: Timeline;
  readonly decisions: DecisionWatch;
  readonly warnings = new WarningWatch();
  readonly requests: RequestWatch;
  readonly changes: AttachWatch;
  readonly findings: FindingWatch;
  readonly newGuid = countedIds(1);
  /** Computes of the world by ARM key, as the file describes them, deleted ones too. */
  readonly described = new Map<ComputeKey, ScenarioCompute>();
  /** What machines will do that requests make, by Lamplighter's ids of those. */
  readonly #machines = new Map<string, RequestDeed>();
  /** What attachments will be that are asked for, by workspace and name. */
  readonly #attachments = new Map<string, AttachDeed>();
  /** What the platform's own shutdown may do, where Lamplighter has set it. */
  readonly platformClock = new PlatformClock();
  readonly #snoozedUntil = new Map<ComputeKey, number>();
  readonly #policies = new Map<string, Policy>();
  #policyFile = '';

  constructor(scenario: Scenario, seed: number) {
    this.scenario = scenario;
    this.seed = seed;
    this.clock = new VirtualClock(scenario.startAt);
    this.azure = createSimulatedAzure(scenario.world, {
      clock: this.clock,
      random: seededRandom(seed),
      metricsDelayMs: scenario.metricsDelayMs,
      events: scenario.events,
      // In virtual time all calls of a moment come at once: ARM's buckets would run dry where they never do in life.
      throttling: false,
    });
    this.timeline = new Timeline(scenario.startAt);
    this.decisions = new DecisionWatch(this.timeline);
    this.requests = new RequestWatch(this.timeline, () => this.now);
    this.changes = new AttachWatch(this.timeline, () => this.now);
    this.findings = new FindingWatch(this.timeline, () => this.now);
    this.azure.planCreation((put) => this.#planOf(put));
    this.ledger = observedLedger(createMemoryLedger(), (table, write) => {
      if (table === 'decisions') this.decisions.onWrite(write);
      if (table === 'warnings') this.warnings.onWrite(write);
      if (table === 'requests') this.requests.onWrite(write);
      if (table === 'attachments') this.changes.onWrite(write);
      if (table === 'findings') this.findings.onWrite(write);
    });
    for (const compute of scenario.computes) this.describe(compute);
    this.setPolicy(scenario.policy);
  }

  /** Makes people's tokens possible. */
  async admitPeople(): Promise<void> {
    this.azure.tokens.restore({ key: await simulatedSigningKey() });
  }

  get now(): number {
    return this.clock.now();
  }

  describe(compute: ScenarioCompute): void {
    const { name, workspace } = compute.spec;
    const key = this.keyOf({ compute: name, workspace });
    if (key !== null) this.described.set(key, compute);
  }

  /** From now on the machine of that request behaves as its deed says. */
  expectMachine(deed: RequestDeed): void {
    const requestId = this.requests.requestIdOf(deed.id);
    if (requestId !== null) this.#machines.set(requestId, deed);
  }

  /** From now on the target of that name is used as its deed says. */
  expectAttachment(deed: AttachDeed): void {
    this.#attachments.set(`${deed.workspace}/${deed.name}`.toLowerCase(), deed);
  }

  #attachedAs(workspace: string, name: string): AttachDeed | undefined {
    return this.#attachments.get(`${workspace}/${name}`.toLowerCase());
  }

  #planOf({ workspace, name, tags }: Parameters<CreationPlanner>[0]): ReturnType<CreationPlanner> {
    const attached = this.#attachedAs(workspace.name, name);
    if (attached !== undefined) {
      const { kind, resourceId, inUse } = attached;
      const spec: ComputeSpec = {
        name,
        workspace: workspace.name,
        kind: kind as ComputeSpec['kind'],
        resourceId,
      };
      const key = `${workspace.key}/computes/${name.toLowerCase()}` as ComputeKey;
      this.described.set(key, { spec, reports: [], inUse });
      return inUse === null ? {} : { inUse };
    }
    const deed = this.#machines.get(tags[requestTag] ?? '');
    if (deed === undefined) return this.#asBefore(workspace.name, name);
    const { metrics, jobs, reports, fails } = deed.machine;
    const spec: ComputeSpec = {
      name,
      workspace: workspace.name,
      kind: 'ComputeInstance',
      vmSize: deed.vmSize,
      user: deed.for,
      metrics,
      jobs,
      tags,
    };
    this.described.set(`${workspace.key}/computes/${name.toLowerCase()}` as ComputeKey, {
      spec,
      reports,
      inUse: null,
    });
    return { metrics, jobs, fails: { ...fails } };
  }

  /** A target of the file that is attached anew: it is used as before, and fails as the file says. */
  #asBefore(workspace: string, name: string): ReturnType<CreationPlanner> {
    const key = this.keyOf({ compute: name, workspace });
    const spec = key === null ? undefined : this.described.get(key)?.spec;
    if (spec === undefined || spec.kind === 'ComputeInstance') return undefined;
    const { attach } = spec.fails ?? {};
    return {
      ...(spec.jobs === undefined ? {} : { jobs: spec.jobs }),
      ...(spec.inUse === undefined ? {} : { inUse: spec.inUse }),
      fails: attach === undefined ? {} : { attach: [...attach] },
    };
  }

  /** The ARM key of a compute that there is or was; null: there never was one. */
  keyOf(name: { readonly compute: string; readonly workspace?: string }): ComputeKey | null {
    const ref = this.refOf(name);
    return ref === null ? null : computeKey(ref);
  }

  refOf(name: { readonly compute: string; readonly workspace?: string }): ComputeRef | null {
    const workspaces = this.scenario.world.workspaces.filter(
      (one) => name.workspace === undefined || one.name === name.workspace,
    );
    const there = this.azure.compute(name.compute, name.workspace);
    if (there !== undefined) return parseComputeArmId(there.id);
    const known = [...this.described].find(
      ([, { spec }]) =>
        spec.name.toLowerCase() === name.compute.toLowerCase() &&
        workspaces.some((workspace) => workspace.name === spec.workspace),
    );
    return known === undefined ? null : parseComputeArmId(known[0]);
  }

  snoozed(ref: ComputeRef, until: number): void {
    this.#snoozedUntil.set(computeKey(ref), until);
    this.platformClock.onSnooze(computeKey(ref), this.now, until);
  }

  /** Until when somebody was promised that it is left alone. */
  snoozedUntil(key: ComputeKey): number | null {
    return this.#snoozedUntil.get(key) ?? null;
  }

  /** The policy file as it is now. */
  get policyFile(): string {
    return this.#policyFile;
  }

  setPolicy(policy: ScenarioPolicy): void {
    this.#policyFile = policyFileOf(this.scenario, policy);
    const parsed = parsePolicy(this.#policyFile);
    if (parsed.ok) this.#policies.set(policyHashOf(this.#policyFile), parsed.policy);
  }

  get policyFileHash(): string {
    return policyHashOf(this.#policyFile);
  }

  /** A policy that the file said at some time. */
  policyOf(hash: string): Policy | null {
    return this.#policies.get(hash) ?? null;
  }
}
