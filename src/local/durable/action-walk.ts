import { LamplighterError } from '../../core/errors.ts';
import { NOT_OFFERED, type Action } from './action.ts';
import type { Quirks } from './quirks.ts';
import type { ReplayContext } from './replay-context.ts';
import { ReplayTask } from './replay-task.ts';
import { retried } from './retry.ts';
import { parseTimestamp, timestamp } from './timestamp.ts';

const MAX_TIMER_MS = 6 * 86_400_000;
const TIMER_LEG_MS = 3 * 86_400_000;

/** Which names the function app registered; answers ignore letter case. */
export type KnownFunctions = {
  hasActivity(name: string): boolean;
  hasOrchestrator(name: string): boolean;
};

/**
 * Walks the list of actions as the extension does: one after another, each awaited before the next is begun, so that what follows a
 * failed `Task.all` starts only when all its members have ended.
 */
export class ActionWalk {
  readonly #context: ReplayContext;
  readonly #known: KnownFunctions;
  readonly #quirks: Quirks;
  finished = false;
  /** Input of the next generation, once the walk came upon a continue-as-new. */
  continuedAsNew: { readonly input: unknown } | null = null;

  constructor(context: ReplayContext, known: KnownFunctions, quirks: Quirks) {
    this.#context = context;
    this.#known = known;
    this.#quirks = quirks;
  }

  begin(actions: readonly Action[]): void {
    this.#from(actions, 0);
  }

  #from(actions: readonly Action[], start: number): void {
    for (let index = start; index < actions.length; index += 1) {
      const task = this.#start(actions[index] as Action);
      if (!task.settled) {
        task.whenSettled(() => this.#from(actions, index + 1));
        return;
      }
    }
    this.finished = true;
  }

  #start(action: Action): ReplayTask {
    switch (action.actionType) {
      case 0:
        return this.#activity(action.functionName, action.input);
      case 1:
        return retried(
          this.#context,
          action.retryOptions,
          () => this.#activity(action.functionName, action.input),
          (at) => this.#timer(at),
        );
      case 2:
        return this.#child(action.functionName, action.instanceId, action.input);
      case 3:
        return retried(
          this.#context,
          action.retryOptions,
          () => this.#child(action.functionName, action.instanceId, action.input),
          (at) => this.#timer(at),
        );
      case 4:
        this.continuedAsNew = { input: action.input };
        return ReplayTask.done();
      case 5:
        return this.#timerAction(action.fireAt, action.isCanceled);
      case 6:
        return this.#context.waitForEvent(action.externalEventName);
      case 11:
        return ReplayTask.any(action.compoundActions.map((member) => this.#start(member)));
      case 12:
        return ReplayTask.all(action.compoundActions.map((member) => this.#start(member)));
      case 7:
      case 8:
      case 9:
      case 10:
      case 13:
      case 14:
        throw notOffered(NOT_OFFERED[action.actionType]);
    }
  }

  /** An unknown name is silently never scheduled and takes no id: the orchestration waits for ever, as on Azure. */
  #activity(name: string, input: unknown): ReplayTask {
    if (!this.#known.hasActivity(name) && this.#quirks.unknownActivityFails !== true)
      return ReplayTask.done(true);
    return this.#context.schedule((id) => ({ kind: 'activity', id, name, input }));
  }

  #child(name: string, instanceId: string | null | undefined, input: unknown): ReplayTask {
    if (!this.#known.hasOrchestrator(name)) return ReplayTask.done(true);
    return this.#context.schedule((id) => ({
      kind: 'subOrchestration',
      id,
      name,
      instanceId:
        instanceId === undefined || instanceId === null || instanceId === ''
          ? `${this.#context.executionId}:${id}`
          : instanceId,
      input,
    }));
  }

  #timer(fireAtMs: number, awaited = true): ReplayTask {
    return this.#context.schedule((id) => ({ kind: 'timer', id, fireAt: timestamp(fireAtMs) }), awaited);
  }

  /** Longer than six days: legs of three days. A cancelled timer keeps its id and still fires, but nobody awaits it. */
  #timerAction(fireAt: string, isCanceled: boolean): ReplayTask {
    const dueMs = parseTimestamp(fireAt);
    if (dueMs - this.#context.nowMs <= MAX_TIMER_MS) {
      const task = this.#timer(dueMs, !isCanceled);
      return isCanceled ? ReplayTask.done(true) : task;
    }
    const leg = this.#timer(this.#context.nowMs + TIMER_LEG_MS, !isCanceled);
    if (isCanceled) return ReplayTask.done(true);
    const whole = new ReplayTask();
    leg.whenSettled(() =>
      this.#timerAction(fireAt, false).whenSettled((failed) => {
        whole.settle(failed);
      }),
    );
    return whole;
  }
}

function notOffered(what: string): LamplighterError {
  return new LamplighterError(`The embedded Durable engine does not offer ${what}.`, {
    code: 'durable.not-offered',
    fault: 'lamplighter',
    fix: 'Use an activity and a ledger row instead: entities, their locks and callHttp are kept out of this app.',
  });
}
