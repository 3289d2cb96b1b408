import type { EngineCore } from './engine-core.ts';
import { orchestratorFailure, unknownOrchestrator } from './failure-text.ts';
import type { Generation } from './generation.ts';
import { parseAnswer, type OrchestratorAnswer } from './orchestrator-answer.ts';
import { triggerJson } from './trigger-json.ts';
import { briefMetadata, orchestratorMetadata } from './trigger-metadata.ts';
import type { HistoryEvent } from './history-event.ts';
import type { Quirks } from './quirks.ts';

const CUSTOM_STATUS_MAX_BYTES = 16 * 1024;

export type AskedEpisode = {
  /** Null if the function does not exist and was not called. */
  readonly trigger: string | null;
  readonly answer: OrchestratorAnswer;
};

/** Hands a generation's history to the orchestrator function and reads its answer. */
export async function askOrchestrator(core: EngineCore, generation: Generation): Promise<AskedEpisode> {
  const { row } = generation;
  const functionName = core.known.orchestratorName(row.name);
  if (functionName === undefined) {
    const failure = unknownOrchestrator(row.name, core.known.orchestratorNames);
    return {
      trigger: null,
      answer: { actions: [], customStatus: null, end: { kind: 'failed', failure } },
    };
  }
  const trigger = triggerOf(generation, core.parts.quirks);
  const answer = await askAgain(core, functionName, row.instanceId, trigger);
  return { trigger, answer };
}

/** Calls the function with a trigger text as it was, or would be, sent. */
export async function askAgain(
  core: EngineCore,
  functionName: string,
  instanceId: string,
  trigger: string,
): Promise<OrchestratorAnswer> {
  const outcome = await core.parts.app.invoke({
    functionName,
    invocationId: core.parts.newGuid(),
    trigger: { string: trigger },
    triggerMetadata: core.parts.choices.briefMetadata
      ? briefMetadata(instanceId)
      : orchestratorMetadata(core.parts.app, functionName, instanceId, trigger),
  });
  return withinLimits(functionName, parseAnswer(functionName, outcome));
}

function triggerOf({ row, past, newEvents }: Generation, quirks: Quirks): string {
  const history = [...past.map(({ json }) => json), ...newEvents.map((event) => JSON.stringify(event))];
  const events: HistoryEvent[] = [...past.map(({ event }) => event), ...newEvents];
  const started = events.find((event) => event.EventType === 0);
  return triggerJson(
    {
      instanceId: row.instanceId,
      parentInstanceId: row.parent?.OrchestrationInstance.InstanceId ?? null,
      sourceInstanceId: row.sourceInstanceId,
      input: started?.Input ?? null,
      isReplaying: started?.IsPlayed ?? false,
    },
    quirks.eventWaitsAreAQueue === true ? eventsReversed(events, history) : history,
  );
}

/** The stack of waits is the library's; turning the order of the events makes it look like a queue. */
function eventsReversed(events: readonly HistoryEvent[], history: readonly string[]): string[] {
  const slots = events.flatMap((event, index) => (event.EventType === 15 ? [index] : []));
  const turned = [...history];
  for (const [index, slot] of slots.entries()) turned[slot] = history[slots.at(-1 - index) ?? slot] ?? '';
  return turned;
}

function withinLimits(name: string, answer: OrchestratorAnswer): OrchestratorAnswer {
  const bytes = (answer.customStatus ?? '').length * 2;
  if (bytes <= CUSTOM_STATUS_MAX_BYTES) return answer;
  const failure = orchestratorFailure(
    name,
    'The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. ' +
      `The current payload size is ${Math.floor(bytes / 1024)} KB.`,
  );
  return { actions: [], customStatus: null, end: { kind: 'failed', failure } };
}
