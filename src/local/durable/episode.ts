import { LamplighterError } from '../../core/errors.ts';
import { askOrchestrator } from './ask-orchestrator.ts';
import type { DeterminismCheck } from './determinism-check.ts';
import type { EngineCore } from './engine-core.ts';
import { episodeChanges } from './episode-changes.ts';
import { orchestratorFailure } from './failure-text.ts';
import { nextGeneration, type Generation } from './generation.ts';
import type { Message } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';
import type { OrchestratorAnswer } from './orchestrator-answer.ts';
import { replay, type ReplayResult } from './replay.ts';
import { openSession } from './session.ts';

const MAX_GENERATIONS_AT_ONCE = 1_000;

/**
 * One work item of an orchestration: takes the messages that wait, asks the function, follows continue-as-new at once, commits.
 * Messages that arrive meanwhile wait for the next one.
 */
export async function runEpisode(
  core: EngineCore,
  instanceId: string,
  batch: readonly Message[],
  check: DeterminismCheck | null,
): Promise<void> {
  const removals = batch.map(({ id }): HubChange => ({ change: 'removeMessage', id }));
  const session = openSession(core.state, instanceId, batch, core.now());
  if (session === null) {
    core.commit(removals);
    return;
  }
  const before = core.state.instances.get(instanceId);
  let generation: Generation = {
    row: session.row,
    past: session.fresh ? [] : core.state.historyOf(instanceId),
    newEvents: session.newEvents,
  };
  if (session.fresh) check?.forget(instanceId);
  let generations = 0;
  for (;;) {
    const { trigger, answer } = await askOrchestrator(core, generation);
    if (core.fenced) return;
    if (trigger !== null) check?.record(instanceId, trigger, answer);
    const result = replayOf(core, generation, answer);
    if (result.ending?.kind !== 'continuedAsNew') {
      if (core.state.instances.get(instanceId) !== before) return;
      const fresh = session.fresh || generations > 0;
      const own = episodeChanges(core, generation, result, answer.customStatus, fresh);
      const stale = generations > 0 ? leftBehind(core, instanceId, session.row.executionId, batch) : [];
      core.commit([...removals, ...stale, ...own]);
      if (result.ending !== null) await check?.verify(instanceId, generation.row.name);
      return;
    }
    await check?.verify(instanceId, generation.row.name);
    generations += 1;
    if (generations > MAX_GENERATIONS_AT_ONCE) throw endless(generation.row.name);
    const { input, carriedOver } = result.ending;
    generation = nextGeneration(generation.row, input, carriedOver, core.parts.newGuid, core.now());
  }
}

function replayOf(core: EngineCore, generation: Generation, answer: OrchestratorAnswer): ReplayResult {
  return replay({
    executionId: generation.row.executionId,
    history: [...generation.past.map(({ event }) => event), ...generation.newEvents],
    answer,
    known: core.known,
    quirks: core.parts.quirks,
    asFailure: (error) =>
      orchestratorFailure(generation.row.name, error instanceof Error ? error.message : String(error)),
  });
}

/** Messages for the generation that has ended, such as a cancelled timer's: nobody is left to take them. */
function leftBehind(
  core: EngineCore,
  instanceId: string,
  executionId: string,
  batch: readonly Message[],
): HubChange[] {
  const taken = new Set(batch.map(({ id }) => id));
  return [...core.state.messages.values()]
    .filter(
      (each) => each.instanceId === instanceId && each.executionId === executionId && !taken.has(each.id),
    )
    .map(({ id }) => ({ change: 'removeMessage', id }));
}

function endless(name: string): LamplighterError {
  return new LamplighterError(
    `Orchestrator "${name}" continued as new ${MAX_GENERATIONS_AT_ONCE} times without waiting for anything.`,
    {
      code: 'durable.endless-generations',
      fault: 'lamplighter',
      fix: 'Let each generation wait for a timer, an event or an activity before it continues as new.',
    },
  );
}
