import { ActionWalk, type KnownFunctions } from './action-walk.ts';
import type { Decision } from './decision.ts';
import type { FailureText } from './failure-text.ts';
import type { EventOf, HistoryEvent } from './history-event.ts';
import { NonDeterminism } from './non-determinism.ts';
import type { OrchestratorAnswer } from './orchestrator-answer.ts';
import type { Quirks } from './quirks.ts';
import { ReplayContext } from './replay-context.ts';

/** How an episode ends its generation, if it does. */
export type Ending =
  | { readonly kind: 'completed'; readonly output: string | null }
  | { readonly kind: 'failed'; readonly reason: string; readonly details: string | null }
  | { readonly kind: 'terminated'; readonly reason: string | null }
  | {
      readonly kind: 'continuedAsNew';
      readonly input: unknown;
      /** Events that came after the continue-as-new in this replay and belong to the next generation. */
      readonly carriedOver: readonly EventOf<15>[];
    };

export type ReplayResult = {
  readonly decisions: readonly Decision[];
  /** Id after the last one used: the stored end of the execution carries it. */
  readonly nextId: number;
  readonly suspended: { readonly reason: string | null } | null;
  readonly ending: Ending | null;
  /** Ids of timers that were cancelled before they fired. They fire all the same. */
  readonly cancelledTimers: readonly number[];
};

export type ReplayInput = {
  readonly executionId: string;
  readonly history: readonly HistoryEvent[];
  readonly answer: OrchestratorAnswer;
  readonly known: KnownFunctions;
  readonly quirks: Quirks;
  readonly asFailure: (error: unknown) => FailureText;
};

/** Replays a history against the actions an orchestrator asked for. Pure. */
export function replay(input: ReplayInput): ReplayResult {
  const context = new ReplayContext(input.executionId, input.quirks);
  const walk = new ActionWalk(context, input.known, input.quirks);
  const pass = new Pass(input, context, walk);
  let ending: Ending | null;
  try {
    for (const event of input.history) pass.take(event);
    ending = pass.ending();
  } catch (error) {
    if (error instanceof NonDeterminism) ending = { kind: 'failed', reason: error.message, details: null };
    else ending = { kind: 'failed', ...input.asFailure(error) };
  }
  const held = pass.suspended !== null && ending === null;
  return {
    decisions: held ? [] : context.decisions,
    nextId: context.nextId,
    suspended: pass.suspended,
    ending,
    cancelledTimers: context.unawaited,
  };
}

class Pass {
  suspended: { readonly reason: string | null } | null = null;
  readonly #input: ReplayInput;
  readonly #context: ReplayContext;
  readonly #walk: ActionWalk;
  readonly #held: HistoryEvent[] = [];
  readonly #carriedOver: EventOf<15>[] = [];
  #terminated: Ending | null = null;

  constructor(input: ReplayInput, context: ReplayContext, walk: ActionWalk) {
    this.#input = input;
    this.#context = context;
    this.#walk = walk;
  }

  /** While suspended everything is kept back except an end or a resume; so nothing takes effect before the resume. */
  take(event: HistoryEvent): void {
    if (event.EventType === 3) {
      this.#terminated ??= this.#natural() ?? { kind: 'terminated', reason: event.Input };
    } else if (event.EventType === 19) {
      this.suspended ??= { reason: event.Reason };
    } else if (event.EventType === 20) {
      this.suspended = null;
      for (const held of this.#held.splice(0)) this.#process(held);
    } else if (this.suspended !== null) {
      this.#held.push(event);
    } else {
      this.#process(event);
    }
  }

  ending(): Ending | null {
    return this.#terminated ?? (this.suspended === null ? this.#natural() : null);
  }

  #process(event: HistoryEvent): void {
    if (event.EventType === 15 && this.#walk.continuedAsNew !== null) {
      this.#carriedOver.push(event);
      return;
    }
    this.#context.apply(event);
    if (event.EventType === 0) this.#walk.begin(this.#input.answer.actions);
  }

  /** An orchestrator that returned, threw or continued as new has not ended before everything it started has. */
  #natural(): Ending | null {
    if (!this.#walk.finished || this.#context.outstanding) return null;
    const { end } = this.#input.answer;
    if (end.kind === 'failed') return { kind: 'failed', ...end.failure };
    if (this.#walk.continuedAsNew !== null) {
      return {
        kind: 'continuedAsNew',
        input: this.#walk.continuedAsNew.input,
        carriedOver: this.#carriedOver,
      };
    }
    return end.kind === 'done' ? { kind: 'completed', output: end.output } : null;
  }
}
