import { LamplighterError } from '../../core/errors.ts';
import { askAgain } from './ask-orchestrator.ts';
import type { EngineCore } from './engine-core.ts';
import type { OrchestratorAnswer } from './orchestrator-answer.ts';

type Episode = { readonly trigger: string; readonly answer: string };

/**
 * Remembers every episode since the engine was opened and, when its generation has ended, plays all of them again from the same
 * histories: other actions or another end mean that the orchestrator looks at something beside its history.
 */
export class DeterminismCheck {
  readonly #core: EngineCore;
  readonly #episodes = new Map<string, Episode[]>();

  constructor(core: EngineCore) {
    this.#core = core;
  }

  record(instanceId: string, trigger: string, answer: OrchestratorAnswer): void {
    const episodes = this.#episodes.get(instanceId) ?? [];
    episodes.push({ trigger, answer: comparable(answer) });
    this.#episodes.set(instanceId, episodes);
  }

  forget(instanceId: string): void {
    this.#episodes.delete(instanceId);
  }

  /** Throws `LamplighterError` `durable.non-deterministic`, naming function, instance and episode. */
  async verify(instanceId: string, name: string): Promise<void> {
    const episodes = this.#episodes.get(instanceId) ?? [];
    this.#episodes.delete(instanceId);
    for (const [index, episode] of episodes.entries()) {
      const again = await askAgain(
        this.#core,
        this.#core.known.orchestratorName(name) ?? name,
        instanceId,
        episode.trigger,
      );
      if (comparable(again) !== episode.answer) {
        throw nonDeterministic(name, instanceId, index + 1, episode.answer, comparable(again));
      }
    }
  }
}

/** Stack traces differ between runs and decide nothing. */
function comparable({ actions, customStatus, end }: OrchestratorAnswer): string {
  const verdict = end.kind === 'failed' ? { failed: end.failure.reason.split('\nStack:')[0] } : end;
  return JSON.stringify({ actions, customStatus, end: verdict });
}

function nonDeterministic(
  name: string,
  instanceId: string,
  episode: number,
  first: string,
  again: string,
): LamplighterError {
  return new LamplighterError(
    `Orchestrator "${name}" is not deterministic: episode ${episode} of instance "${instanceId}" answered ${first}, played again ${again}.`,
    {
      code: 'durable.non-deterministic',
      fault: 'lamplighter',
      fix: 'Take time, ids and settings from the orchestration context or an activity, never from the process.',
    },
  );
}
