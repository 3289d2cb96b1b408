import type { Violation } from './violation.ts';

/** What the watch needs of a loaded app; the host's `FunctionApp` fits. */
export type WatchableApp<Request, Outcome> = {
  readonly functions: ReadonlyMap<
    string,
    { readonly name: string; readonly trigger: { readonly type: string } }
  >;
  invoke(request: Request): Promise<Outcome>;
};

type AskedAction = {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly externalEventName?: string;
  readonly isCanceled?: boolean;
  readonly compoundActions?: readonly AskedAction[];
};
type Episode = { readonly isDone?: boolean; readonly actions?: readonly (readonly AskedAction[])[] };
type PastEvent = { readonly EventType: number };

const TIMER_FIRED = 11;
const TRIGGER_OF_ACTION: Readonly<Record<number, string>> = {
  0: 'activitytrigger',
  1: 'activitytrigger',
  2: 'orchestrationtrigger',
  3: 'orchestrationtrigger',
};

export type WorkflowWatch<App> = { readonly app: App; readonly violations: readonly Violation[] };

/**
 * Wraps an app so that every episode of every orchestrator is held to the rules that a scan of the source cannot see: names are registered,
 * inputs are objects, one wait per event name at a time, and no timer outlives its workflow. A wait that lost a race and is followed by another cannot be told from
 * here (`scatteredWaits` looks after those). To be put around the app of any run: a test, a scenario, the simulation.
 */
export function watchWorkflows<
  Request extends { readonly functionName: string; readonly trigger: { readonly string?: string | null } },
  Outcome extends { readonly ok: boolean },
  App extends WatchableApp<Request, Outcome>,
>(app: App): WorkflowWatch<App> {
  const violations: Violation[] = [];
  const note = (found: readonly Violation[]): void => {
    for (const one of found) {
      const known = violations.some(
        ({ rule, where, problem }) => rule === one.rule && where === one.where && problem === one.problem,
      );
      if (!known) violations.push(one);
    }
  };
  const invoke = async (request: Request): Promise<Outcome> => {
    const outcome = await app.invoke(request);
    const episode = episodeOf(outcome);
    if (isOrchestrator(app, request.functionName) && episode !== undefined) {
      note(checkEpisode(request.functionName, episode, historyOf(request), app));
    }
    return outcome;
  };
  return {
    app: new Proxy(app, { get: (target, key) => (key === 'invoke' ? invoke : bound(target, key)) }),
    violations,
  };
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key);
  return typeof value === 'function' ? (value as (...args: never[]) => unknown).bind(target) : value;
}

function checkEpisode(
  where: string,
  episode: Episode,
  history: readonly PastEvent[],
  app: { readonly functions: WatchableApp<never, never>['functions'] },
): Violation[] {
  const actions = (episode.actions ?? []).flat().flatMap(unfold);
  const found = actions.flatMap((action) => checkCall(where, action, app));
  for (const waits of (episode.actions ?? []).flat().map((action) => unfold(action).filter(isWait))) {
    const names = waits.map(({ externalEventName = '' }) => externalEventName.toLowerCase());
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
      found.push({
        rule: 'stacked-waits',
        where,
        problem: `It waits for "${name}" more than once at a time.`,
      });
    }
  }
  const timers = actions.filter(
    ({ actionType, isCanceled }) => actionType === 5 && isCanceled !== true,
  ).length;
  const fired = history.filter(({ EventType }) => EventType === TIMER_FIRED).length;
  if (episode.isDone === true && timers > fired) {
    found.push({
      rule: 'uncancelled-timer',
      where,
      problem: `It ends with ${timers - fired} running timer(s).`,
    });
  }
  return found;
}

function checkCall(
  where: string,
  { actionType, functionName = '', input }: AskedAction,
  app: { readonly functions: WatchableApp<never, never>['functions'] },
): Violation[] {
  const trigger = TRIGGER_OF_ACTION[actionType];
  if (trigger === undefined) return [];
  const found: Violation[] = [];
  if (app.functions.get(functionName)?.trigger.type.toLowerCase() !== trigger) {
    found.push({
      rule: 'unregistered-name',
      where,
      problem: `It calls "${functionName}", which is not registered.`,
    });
  }
  const value: unknown = typeof input === 'string' ? parsed(input) : input;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.push({
      rule: 'bare-input',
      where,
      problem: `It calls "${functionName}" with an input that is no object.`,
    });
  }
  return found;
}

function isWait({ actionType }: AskedAction): boolean {
  return actionType === 6;
}

function unfold(action: AskedAction): AskedAction[] {
  return action.compoundActions === undefined ? [action] : action.compoundActions.flatMap(unfold);
}

function isOrchestrator(
  app: { readonly functions: WatchableApp<never, never>['functions'] },
  name: string,
): boolean {
  return app.functions.get(name)?.trigger.type.toLowerCase() === 'orchestrationtrigger';
}

function episodeOf(outcome: object): Episode | undefined {
  const { returnValue } = outcome as {
    returnValue?: { json?: string | null; string?: string | null } | null;
  };
  return parsed(returnValue?.json ?? returnValue?.string ?? '') as Episode | undefined;
}

function historyOf(request: { readonly trigger: { readonly string?: string | null } }): readonly PastEvent[] {
  return (
    (parsed(request.trigger.string ?? '') as { history?: readonly PastEvent[] } | undefined)?.history ?? []
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
