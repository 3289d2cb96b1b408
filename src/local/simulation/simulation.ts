import { LamplighterError } from '../../core/errors.ts';
import type { Message } from '../../ports/notifier.ts';
import { seededRandom } from '../seeded-random.ts';
import { idleSettingOf, startedBy, stoppedBy, type AzureCall } from './azure-door.ts';
import { computeKey, parseComputeArmId, type ComputeKey } from '../../core/ids.ts';
import type { ComputeKind } from '../azure/world-spec.ts';
import { EventDelivery, type WebhookPost } from '../azure/event-delivery.ts';
import { doDeed } from './deeds.ts';
import { Glances, type LampActs } from './expectation-check.ts';
import { openLife, type Life, type LifeWatch } from './life.ts';
import { PromiseKeeper } from './promises/promise-keeper.ts';
import type { ComputeName, Scenario, TimedDeed } from './scenario/types.ts';
import { SessionAgents } from './session-reports.ts';
import { Stage } from './stage.ts';

type Armed = {
  readonly when: 'beforeStopCall' | 'afterStopCall';
  readonly compute: ComputeName;
};
type Step = { readonly id: string; run(): Promise<void> };

/**
 * One run of a scenario: one step at a time, in an order drawn by the seed among what is ready; the clock moves only when
 * nothing is. At one moment people, Azure and fate come first, in file order, then the session agents, then the app.
 */
export class Simulation {
  readonly stage: Stage;
  readonly keeper: PromiseKeeper;
  readonly glances: Glances;
  /** What Lamplighter did, in order. */
  readonly acts: LampActs[] = [];
  readonly #agents: SessionAgents;
  readonly #deeds: TimedDeed[];
  readonly #random: () => number;
  readonly #events: EventDelivery;
  #armed: Armed[] = [];
  #lives = 0;
  #life: Life | null = null;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(scenario: Scenario, seed: number) {
    this.stage = new Stage(scenario, seed);
    this.#agents = new SessionAgents(this.stage, () => this.#alive());
    this.keeper = new PromiseKeeper(this.stage, this.#agents);
    this.glances = new Glances(scenario);
    this.#deeds = [...scenario.timeline];
    this.#random = seededRandom(seed);
    this.#events = new EventDelivery({
      feed: this.stage.azure.events,
      post: (post) => this.#postEvents(post),
    });
  }

  async run(): Promise<void> {
    const { stage, keeper } = this;
    const { endAt } = stage.scenario;
    await stage.admitPeople();
    await this.#begin();
    if (stage.scenario.events !== 'none') await this.#events.subscribe();
    try {
      for (;;) {
        await this.#whatIsDue();
        const next = this.#nextMoment();
        if (next === null || next > endAt) break;
        stage.clock.advanceTo(next);
      }
      stage.clock.advanceTo(endAt);
      this.glances.look(stage);
      await turn();
      keeper.atEnd();
    } finally {
      keeper.letGo();
      await this.#life?.end();
    }
  }

  /** Everything that is due at this moment, until nothing is. */
  async #whatIsDue(): Promise<void> {
    const { stage } = this;
    while ((this.#deeds[0]?.at ?? Number.POSITIVE_INFINITY) <= stage.now) {
      const deed = this.#deeds.shift();
      if (deed !== undefined) await this.#do(deed);
    }
    if (this.#reportedAt < stage.now && this.#isMinute()) {
      this.#reportedAt = stage.now;
      await this.#agents.report();
    }
    for (;;) {
      if (this.#alive().fence.isDown) await this.#restart();
      const step = this.#draw();
      if (step === null) break;
      this.keeper.beginStep();
      await withPatience(step);
      this.keeper.afterStep();
    }
    this.glances.look(stage);
  }

  async #do(timed: TimedDeed): Promise<void> {
    const { stage } = this;
    this.keeper.beginStep();
    const scene = {
      life: () => this.#alive(),
      crash: () => this.#restart(),
      armCrash: (when: Armed['when'], compute: ComputeName) => {
        this.#armed.push({ when, compute });
      },
    };
    // What follows from a deed is told after it.
    const place = stage.timeline.entries.length;
    const happening = await doDeed(stage, scene, timed);
    stage.timeline.add(stage.now, happening, place);
    this.keeper.afterStep();
  }

  /** One of the steps that are ready, drawn by the seed; null: there is none. */
  #draw(): Step | null {
    const { engine, host } = this.#alive();
    const steps: Step[] = engine.ready().map((item) => ({ id: item.id, run: () => engine.run(item) }));
    for (const { functionName } of host.timers.due()) {
      const run = (): Promise<void> => {
        this.keeper.countRunning();
        return host.timers.run(functionName);
      };
      steps.push({ id: `timer ${functionName}`, run });
    }
    if ((this.#events.nextAt() ?? Number.POSITIVE_INFINITY) <= this.stage.now) {
      steps.push({ id: 'event grid', run: () => this.#events.deliver(this.stage.now) });
    }
    if (steps.length < 2) return steps[0] ?? null;
    // Arrival is not a sound order: calls of one step to the engine may come in any.
    steps.sort((a, b) => (a.id < b.id ? -1 : 1));
    return steps[Math.floor(this.#random() * steps.length)] ?? null;
  }

  #nextMoment(): number | null {
    const { stage } = this;
    const { engine, host } = this.#alive();
    const times = [
      this.#deeds[0]?.at ?? null,
      this.#agents.nextAt(stage.now),
      engine.nextTimerAt(),
      host.timers.nextAt(),
      stage.clock.nextDueAt(),
      this.#events.nextAt(),
      this.glances.nextAt(),
    ].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  #isMinute(): boolean {
    return (this.stage.now - this.stage.scenario.startAt) % 60_000 === 0;
  }

  /** To the door that the real Event Grid posts to. A process that is down cannot be reached. */
  async #postEvents({ headers, body }: Parameters<WebhookPost>[0]): ReturnType<WebhookPost> {
    const { host, fence } = this.#alive();
    if (fence.isDown) return { status: 503, body: '' };
    const bytes = new TextEncoder().encode(body);
    const response = await host.request({
      method: 'POST',
      target: '/runtime/webhooks/eventgrid?functionName=computeEvents',
      headers: Object.entries({
        ...headers,
        host: 'lamplighter.example',
        'content-length': String(bytes.byteLength),
        'x-functions-key': 'simulated',
      }),
      body: bytes,
    });
    return { status: response.status, body: new TextDecoder().decode(response.body) };
  }

  #alive(): Life {
    if (this.#life === null) throw new Error('The app has not been started.');
    return this.#life;
  }

  async #begin(): Promise<void> {
    this.#lives += 1;
    this.#life = await openLife(this.stage, this.#lives, this.#watch());
  }

  /** The process dies, if it has not died already, and starts again from ledger and histories. */
  async #restart(): Promise<void> {
    await this.#life?.end();
    await this.#begin();
  }

  #watch(): LifeWatch {
    const { keeper } = this;
    return {
      beforeCall: async (call) => {
        const id = stoppedBy(call);
        if (id !== null) {
          await keeper.beforeStop(id);
          this.#dieIf('beforeStopCall', id);
        } else if (isWrite(call)) await keeper.beforeWrite(call, startedBy(call));
        keeper.onCall(call);
      },
      afterCall: (call, accepted, answer) => {
        this.#noteDetach(call, accepted);
        const set = idleSettingOf(call);
        if (set !== null && accepted) keeper.afterIdleSetting(set);
        const started = startedBy(call);
        if (started !== null) this.#notePower('start', started, accepted, answer);
        const id = stoppedBy(call);
        if (id === null) return;
        this.#notePower('stop', id, accepted, answer);
        this.#dieIf('afterStopCall', id);
      },
      onMessage: (message: Message) => keeper.onMessage(message),
    };
  }

  #notePower(
    what: 'start' | 'stop',
    id: string,
    accepted: boolean,
    answer: { status: number; body: string } | null,
  ): void {
    const { stage } = this;
    const key = keyOf(id);
    const compute = stage.azure.compute(id)?.name ?? id;
    const reason = stage.decisions.reasonOf(key);
    if (accepted) {
      this.acts.push({ act: what === 'stop' ? 'stopped' : 'started', key, at: stage.now, reason });
      if (what === 'stop') this.keeper.afterStop(id);
    }
    const said = accepted ? `Azure accepted the ${what}` : `Azure did not ${what} it: ${messageOf(answer)}`;
    stage.timeline.add(stage.now, {
      compute,
      action: `azure.${what}-${accepted ? 'accepted' : 'refused'}`,
      reason: reason ?? '',
      sentence: answer === null && accepted ? `${said}, and its answer was lost.` : `${said}.`,
    });
  }

  #noteDetach({ method, path }: AzureCall, accepted: boolean): void {
    const { stage } = this;
    const write = stage.azure.writes.at(-1);
    if (method !== 'DELETE' || !accepted) return;
    if (write?.operation === 'delete') this.#noteDeletion(path);
    if (write?.operation !== 'detach') return;
    const key = keyOf(path);
    const there = stage.azure.compute(path);
    // What somebody made in between is known by its name as long as it is there; from now on it is not.
    if (there !== undefined && !stage.described.has(key)) {
      const { workspace } = parseComputeArmId(there.id);
      const spec = { name: there.name, workspace, kind: there.kind as ComputeKind };
      stage.described.set(key, { spec, reports: [], inUse: null });
    }
    this.acts.push({ act: 'detached', key, at: stage.now, reason: null });
    stage.timeline.add(stage.now, {
      ...(write.compute === null ? {} : { compute: write.compute }),
      action: 'azure.detach-accepted',
      reason: '',
      sentence: 'Azure accepted the detach.',
    });
  }

  #noteDeletion(path: string): void {
    const { stage } = this;
    this.acts.push({ act: 'deleted', key: keyOf(path), at: stage.now, reason: null });
    stage.timeline.add(stage.now, {
      compute: stage.azure.compute(path)?.name ?? path,
      action: 'azure.delete-accepted',
      reason: '',
      sentence: 'Azure accepted the deletion.',
    });
  }

  #dieIf(when: Armed['when'], id: string): void {
    const { stage } = this;
    const armed = this.#armed.find((one) => one.when === when && stage.keyOf(one.compute) === keyOf(id));
    if (armed === undefined) return;
    this.#armed = this.#armed.filter((one) => one !== armed);
    this.#alive().fence.fall();
    stage.timeline.add(stage.now, {
      compute: armed.compute.compute,
      action: 'fate.crash',
      reason: when,
      sentence: 'The process dies and starts again.',
    });
  }
}

const keyOf = (id: string): ComputeKey => computeKey(parseComputeArmId(id));
const isWrite = ({ method, path }: AzureCall): boolean =>
  method !== 'GET' && !/\/(?:metrics:getbatch|checkcomputenameavailability)$/.test(path);

function messageOf(answer: { status: number; body: string } | null): string {
  if (answer === null) return 'its answer was lost';
  const text = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(answer.body)?.[1];
  return text === undefined ? `HTTP ${answer.status}` : text.replaceAll('\\"', '"').replace(/\.$/, '');
}

/** Far longer than any step takes on the busiest machine. */
const patienceMs = 300_000;

/** Real time matters here alone: a step that waits for something that never comes would make the run wait with it. */
async function withPatience(step: Step): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(stuckStep(step)), patienceMs);
  });
  try {
    await Promise.race([step.run(), stuck]);
  } finally {
    clearTimeout(timer);
  }
}

const stuckStep = ({ id }: Step): LamplighterError =>
  new LamplighterError(`The step "${id}" has not ended within ${patienceMs / 60_000} minutes.`, {
    code: 'simulation.stuck',
    fault: 'lamplighter',
    fix: 'It waits for something that never comes; please report it with the scenario.',
  });

/** Lets Node tell of what was left over. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
