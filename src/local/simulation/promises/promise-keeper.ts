import { computeKey, parseComputeArmId, type ComputeKey } from '../../../core/ids.ts';
import { policyFor } from '../../../core/policy/policy-for.ts';
import type { PolicySubject } from '../../../core/policy/subject.ts';
import type { ComputePolicy, Policy } from '../../../core/policy/types.ts';
import { readDecision, type RecordedDecision } from '../../../ledger/decisions.ts';
import { readHalt } from '../../../ledger/flags.ts';
import { readPendingPolicy } from '../../../ledger/policies.ts';
import type { Message } from '../../../ports/notifier.ts';
import { idleMinutes } from '../../azure/idle-shutdown.ts';
import { objectIdOf, vmSizeCatalogue } from '../../azure/index.ts';
import type { AzureCall } from '../azure-door.ts';
import { relativeTime } from '../relative-time.ts';
import type { PromiseName, Violation } from '../result.ts';
import type { SessionAgents } from '../session-reports.ts';
import type { Stage } from '../stage.ts';
import type { SeenWarning } from '../warning-watch.ts';
import { beyondBlastLimit } from './blast.ts';
import { hangingWorkflows } from './hanging-workflows.ts';
import { sightOf, type Sight } from './sight.ts';
import type { StopCall } from './stop-call.ts';
import { startPromises } from './start-promises.ts';
import { stopPromises } from './stop-promises.ts';
import { StrayRejections } from './stray-rejections.ts';

const running = new Set(['Running', 'JobRunning']);

type Delivered = { readonly at: number; readonly warning: SeenWarning; spent: boolean };

/** Watches a run from outside and notes every promise that is broken, where it is broken. */
export class PromiseKeeper {
  readonly violations: Violation[] = [];
  readonly #stage: Stage;
  readonly #agents: SessionAgents;
  readonly #sizes: ReturnType<typeof vmSizeCatalogue>;
  readonly #strays = new StrayRejections();
  readonly #delivered = new Map<ComputeKey, Delivered>();
  /** Of each sweep that stops fell due in: those accepted, and how many ran before the first; one tried again counts there too. */
  readonly #stops = new Map<number, { readonly count: number; readonly running: number }>();
  /** How many were running when a sweep could last have counted them. */
  readonly #counts: { readonly at: number; readonly running: number }[] = [];
  #callsOfStep: AzureCall[] = [];
  #unknownSeen = 0;

  constructor(stage: Stage, agents: SessionAgents) {
    this.#stage = stage;
    this.#agents = agents;
    this.#sizes = vmSizeCatalogue(stage.scenario.world.sizes);
  }

  /** A step begins: an episode, an activity, a timer, or somebody's request. */
  beginStep(): void {
    this.#callsOfStep = [];
  }

  /** What can be checked whenever a step has ended. */
  afterStep(): void {
    const { unknownRequests } = this.#stage.azure;
    for (const { method, url } of unknownRequests.slice(this.#unknownSeen)) {
      this.#broken('known-requests', `${method} ${url}`);
    }
    this.#unknownSeen = unknownRequests.length;
    for (const { key, detail } of this.#stage.platformClock.check(this.#stage.now)) {
      this.#platformStop(key, detail);
    }
    for (const reason of this.#strays.take()) this.#broken('no-unhandled-rejection', reason);
  }

  /** Azure has taken a write of the platform's idle shutdown. */
  afterIdleSetting(computeId: string): void {
    const { azure, platformClock, now } = this.#stage;
    const key = keyOf(computeId);
    const minutes = idleMinutes(azure.compute(computeId)?.inner['idleTimeBeforeShutdown']);
    const detail = platformClock.onSetting(key, minutes, now);
    if (detail !== null) this.#platformStop(key, detail);
  }

  /** What could not be written, since Azure or the ledger was away, or may not be by mode or halt, breaks no promise. */
  #platformStop(key: ComputeKey, detail: string): void {
    const { scenario } = this.#stage;
    const excused = scenario.timeline.some(
      ({ deed }) =>
        deed.do === 'halt' ||
        deed.do === 'throttle' ||
        (deed.do === 'outage' && (deed.of === 'arm' || deed.of === 'ledger')),
    );
    const policy = this.#stage.policyOf(this.#stage.policyFileHash);
    const mode = policy === null ? null : policyFor(policy, '', this.#subjectOf(key), this.#stage.now).mode;
    if (excused || mode !== 'enforce') return;
    this.#broken('no-platform-stop-in-a-snooze', `${parseComputeArmId(key).compute}: ${detail}`);
  }

  /** A sweep may begin: the blast limit is a share of what runs now. */
  countRunning(): void {
    const at = this.#stage.now;
    const count = this.#stage.azure.computes().filter(({ state }) => running.has(state ?? '')).length;
    if (this.#counts.at(-1)?.at === at) return;
    this.#counts.push({ at, running: count });
    if (this.#counts.length > 3) this.#counts.shift();
  }

  onCall(call: AzureCall): void {
    this.#callsOfStep.push(call);
  }

  /** Right before a stop call leaves; the call itself is not noted yet. */
  async beforeStop(computeId: string): Promise<void> {
    const call = await this.#stopCall(computeId);
    if (call === null) return;
    for (const [promise, check] of stopPromises) {
      const detail = check(call);
      if (detail !== null) this.#broken(promise, `${call.compute} was asked to stop: ${detail}`);
    }
  }

  /** Azure has accepted a stop. */
  afterStop(computeId: string): void {
    const delivered = this.#delivered.get(keyOf(computeId));
    if (delivered === undefined) return;
    const again = delivered.spent;
    delivered.spent = true;
    const { warning } = delivered;
    if (again || !isCounted(warning)) return;
    const before = this.#stops.get(warning.dueInSweep);
    const count = (before?.count ?? 0) + 1;
    const running = Math.max(before?.running ?? 0, this.#mostRunning());
    this.#stops.set(warning.dueInSweep, { count, running });
    const hash = this.#stage.decisions.policyHashOf(keyOf(computeId));
    this.#checkBlast({ count, running }, 'stopped at one moment', hash);
  }

  /** Any other write to Azure. */
  async beforeWrite(call: AzureCall, startedId: string | null): Promise<void> {
    const { ledger } = this.#stage;
    const start = startedId === null ? null : await this.#stopCall(startedId);
    for (const [promise, check] of start === null ? [] : startPromises) {
      const detail = start === null ? null : check(start);
      if (detail !== null) this.#broken(promise, `${start?.compute} was asked to start: ${detail}`);
    }
    if ((await readHalt(ledger))?.halted === true) this.#broken('halt-holds', `${call.method} ${call.path}`);
  }

  /** The notifier has accepted a message. */
  async onMessage(message: Message): Promise<void> {
    if (message.kind !== 'warning' || message.compute === null) return;
    const { warnings, ledger, now } = this.#stage;
    const key = computeKey(message.compute);
    const warning = warnings.get(message.id.replace(/^warning-|-manager$/g, ''));
    const decision = await readDecision(ledger, message.compute);
    const recorded = decision?.action === 'warn' || decision?.reason === 'keep.warning-undelivered';
    if (warning === undefined || !recorded) {
      const said = decision === null ? 'no decision' : decision.reason;
      this.#broken(
        'recorded-before-acting',
        `${message.compute.compute} was warned, the ledger holds ${said}`,
      );
    }
    if (warning === undefined) return;
    const again = this.#delivered.get(key)?.warning === warning;
    if (again) return;
    this.#delivered.set(key, { at: now, warning, spent: false });
    if (!isCounted(warning)) return;
    const ofSweep = [...this.#delivered.values()].filter(
      (one) => one.warning.sweepId === warning.sweepId && isCounted(one.warning),
    );
    const warned = { count: ofSweep.length, running: this.#mostRunning() };
    this.#checkBlast(warned, 'warned in one sweep', decision?.policyHash ?? '');
  }

  /** What can be checked only when all is over. */
  atEnd(): void {
    this.afterStep();
    for (const workflow of hangingWorkflows(this.#stage.hub.state)) {
      this.#broken('workflows-end', `${workflow} waits for nothing`);
    }
  }

  letGo(): void {
    this.#strays.letGo();
  }

  #broken(promise: PromiseName, detail: string): void {
    const { now, scenario } = this.#stage;
    this.violations.push({ promise, at: relativeTime(now, scenario.startAt), detail });
  }

  #mostRunning(): number {
    return Math.max(...this.#counts.map((one) => one.running));
  }

  /** Beyond the limit of the policy that decided and of the file as it is now: between the two either may count. */
  #checkBlast(
    { count, running }: { readonly count: number; readonly running: number },
    what: Parameters<typeof beyondBlastLimit>[3],
    policyHash: string,
  ): void {
    const policies = [policyHash, this.#stage.policyFileHash].flatMap(
      (hash) => this.#stage.policyOf(hash) ?? [],
    );
    const details = policies.map(({ limits }) => beyondBlastLimit(count, running, limits, what));
    const [first] = details;
    if (first != null && details.every((detail) => detail !== null)) this.#broken('blast-limit', first);
  }

  async #stopCall(computeId: string): Promise<StopCall | null> {
    const stage = this.#stage;
    const record = stage.azure.compute(computeId);
    const key = keyOf(computeId);
    const ref = parseComputeArmId(record?.id ?? computeId);
    const decision = await readDecision(stage.ledger, ref);
    const files = await this.#policiesWithASay(decision);
    const policies = files.map((policy) => policyFor(policy, '', this.#subjectOf(key), stage.now));
    const idle = policies[0]?.idle;
    const schedules =
      decision?.reason === 'stop.schedule'
        ? files.map((policy) => policy.schedules.find(({ name }) => name === decision.facts.schedule) ?? null)
        : [];
    const quietForMs = schedules[0]?.quietForMs ?? null;
    const delivered = this.#delivered.get(key);
    const isUp = record !== undefined && running.has(record.state ?? '');
    return {
      at: stage.now,
      compute: ref.compute,
      state: stage.azure.stateOf(computeId),
      stuck: record?.stuck ?? false,
      decision,
      policies,
      halted: (await readHalt(stage.ledger))?.halted === true,
      snoozedUntil: stage.snoozedUntil(key),
      sight: isUp && idle !== undefined ? this.#sight(key, record, policies[0], quietForMs) : null,
      schedules,
      read: this.#readInThisStep(computeId),
      warning:
        delivered === undefined
          ? null
          : {
              deliveredAt: delivered.at,
              warnMs:
                delivered.warning.reason === 'warn.schedule'
                  ? (schedules[0]?.warnMs ?? 0)
                  : this.#warnMs(policies[0], delivered.warning),
              closed: delivered.warning.closed,
              spent: delivered.spent,
            },
    };
  }

  #warnMs(policy: ComputePolicy | undefined, warning: SeenWarning): number {
    const announced = this.#stage.decisions.lastWarning(warning.key);
    const policyThen = announced === null ? null : this.#stage.policyOf(announced.policyHash);
    const then =
      policyThen === null
        ? policy
        : policyFor(policyThen, '', this.#subjectOf(warning.key), announced?.at ?? this.#stage.now);
    return warning.reason === 'warn.max-uptime' ? (then?.maxUptime?.warnMs ?? 0) : (then?.idle.warnMs ?? 0);
  }

  /** The one that the decision was made by, and the file as it is now, unless that waits for an admin. */
  async #policiesWithASay(decision: RecordedDecision | null): Promise<readonly Policy[]> {
    const stage = this.#stage;
    const pending = (await readPendingPolicy(stage.ledger))?.pending.hash;
    const hashes = new Set<string>();
    if (decision !== null) hashes.add(decision.policyHash);
    if (stage.policyFileHash !== pending) hashes.add(stage.policyFileHash);
    return [...hashes].flatMap((hash) => stage.policyOf(hash) ?? []);
  }

  #subjectOf(key: ComputeKey): PolicySubject {
    const spec = this.#stage.described.get(key)?.spec;
    const ref = parseComputeArmId(key);
    const size = this.#sizes.get((spec?.vmSize ?? '').toLowerCase());
    const user = (this.#stage.scenario.world.users ?? []).find((one) => one.name === spec?.user);
    return {
      subscription: ref.subscriptionId,
      workspace: ref.workspace,
      compute: ref.compute,
      kind: spec?.kind ?? 'ComputeInstance',
      user: spec?.user === undefined ? [] : [objectIdOf(spec.user), spec.user],
      teams: user?.teams ?? [],
      vmSize: spec?.vmSize ?? null,
      family: size?.family ?? null,
      gpu: size === undefined ? null : size.gpus > 0,
      tags: spec?.tags ?? {},
    };
  }

  #sight(
    key: ComputeKey,
    record: NonNullable<ReturnType<Stage['azure']['compute']>>,
    policy: ComputePolicy | undefined,
    quietForMs: number | null,
  ): Sight | null {
    if (policy === undefined) return null;
    const stage = this.#stage;
    return sightOf({
      now: stage.now,
      record,
      size: this.#sizes.get((record.vmSize ?? '').toLowerCase()),
      idle: quietForMs === null ? policy.idle : { ...policy.idle, afterMs: quietForMs },
      staleAfterMs: policy.session.staleAfterMs,
      metricsDelayMs: stage.scenario.metricsDelayMs,
      skews: stage.skews,
      reports: this.#agents.arrivedFrom(key),
    });
  }

  #readInThisStep(computeId: string): StopCall['read'] {
    const id = computeId.toLowerCase();
    const workspace = id.replace(/\/computes\/[^/]+$/, '');
    const asked = (method: string, path: string): boolean =>
      this.#callsOfStep.some((call) => call.method === method && call.path === path);
    return {
      state: asked('GET', id),
      jobs: asked('GET', `${workspace}/jobs`),
      metrics: this.#callsOfStep.some(
        (call) => call.method === 'POST' && call.path.endsWith('/metrics:getbatch'),
      ),
    };
  }
}

/** What an admin released, or announced by a schedule, is beside the blast limit. */
const isCounted = ({ released, reason }: SeenWarning): boolean => !released && reason !== 'warn.schedule';

const keyOf = (computeId: string): ComputeKey => computeKey(parseComputeArmId(computeId));
