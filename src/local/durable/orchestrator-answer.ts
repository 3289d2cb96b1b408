import type { InvocationOutcome } from '../host/types.ts';
import type { Action } from './action.ts';
import { opaqueFailure, orchestratorFailure, type FailureText } from './failure-text.ts';
import { netNumberJson } from './net-json.ts';
import { workerFailure } from './worker-failure.ts';

const OUT_OF_PROC_DATA = '\n\n$OutOfProcData$:';

/** What an orchestrator function said in one episode. */
export type OrchestratorAnswer = {
  readonly actions: readonly Action[];
  /** JSON, or null without a value. */
  readonly customStatus: string | null;
  readonly end:
    | { readonly kind: 'none' }
    | { readonly kind: 'done'; readonly output: string | null }
    | { readonly kind: 'failed'; readonly failure: FailureText };
};

type State = {
  readonly isDone?: boolean;
  readonly actions?: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
  readonly customStatus?: unknown;
};

export function parseAnswer(name: string, outcome: InvocationOutcome): OrchestratorAnswer {
  if (outcome.ok) {
    const text = outcome.returnValue?.json ?? outcome.returnValue?.string ?? null;
    const state = text === null ? null : (JSON.parse(text) as State | null);
    if (state === null) return { actions: [], customStatus: null, end: { kind: 'none' } };
    return answerOf(state, state.isDone === true ? { kind: 'done', output: valueJson(state.output) } : null);
  }
  const failure = workerFailure(outcome.error);
  const at = failure.message.indexOf(OUT_OF_PROC_DATA);
  if (at < 0)
    return {
      actions: [],
      customStatus: null,
      end: { kind: 'failed', failure: opaqueFailure(name, failure) },
    };
  const state = JSON.parse(failure.message.slice(at + OUT_OF_PROC_DATA.length)) as State;
  const said = typeof state.error === 'string' && state.error !== '';
  return answerOf(state, {
    kind: 'failed',
    failure: said ? orchestratorFailure(name, state.error ?? '') : opaqueFailure(name, failure),
  });
}

function answerOf(state: State, end: OrchestratorAnswer['end'] | null): OrchestratorAnswer {
  return {
    actions: (state.actions ?? []).flat(),
    customStatus: valueJson(state.customStatus),
    end: end ?? { kind: 'none' },
  };
}

function valueJson(value: unknown): string | null {
  return value === undefined || value === null ? null : netNumberJson(JSON.stringify(value));
}
