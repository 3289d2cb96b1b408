import { LamplighterError } from '../../core/errors.ts';
import type { EngineCore } from './engine-core.ts';
import { eventRaised, executionResumed, executionSuspended, executionTerminated } from './event-factory.ts';
import type { HistoryEvent, OrchestrationStatus } from './history-event.ts';
import { isFinished, type InstanceRow } from './hub-rows.ts';
import { removalOf } from './removal.ts';
import { startChanges, type StartRequest } from './start-changes.ts';

export type StartOutcome =
  | { readonly kind: 'started'; readonly instanceId: string }
  /** The id belongs to an instance that has not ended. */
  | { readonly kind: 'conflict'; readonly instanceId: string; readonly status: OrchestrationStatus };

/** What comes of a message to an instance. */
export type SendOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'finished' }
  /** Suspending the suspended, resuming the running. */
  | { readonly kind: 'wrongState'; readonly status: OrchestrationStatus };

export type PurgeOutcome =
  | { readonly kind: 'purged' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unfinished'; readonly status: OrchestrationStatus };

/** What a Durable client can ask for. Everything only changes the hub; no function runs before a work item is taken. */
export class ClientOperations {
  readonly #core: EngineCore;

  constructor(core: EngineCore) {
    this.#core = core;
  }

  /** An id whose instance has ended is used again: its history is replaced. */
  start(request: StartRequest): StartOutcome {
    const { newGuid, choices } = this.#core.parts;
    const instanceId = request.instanceId ?? newGuid().replaceAll('-', '');
    const present = this.#core.state.instances.get(instanceId);
    if (present !== undefined && !isFinished(present.status)) {
      return { kind: 'conflict', instanceId, status: present.status };
    }
    this.#core.commit(startChanges(this.#core, request, instanceId, present));
    if (choices.answerConflict?.({ instanceId, name: request.name }) === true) {
      return { kind: 'conflict', instanceId, status: 'Pending' };
    }
    return { kind: 'started', instanceId };
  }

  /** `input` is JSON text. */
  raiseEvent(instanceId: string, name: string, input: string): SendOutcome {
    return this.#send(instanceId, () => eventRaised(name, input, this.#core.now()));
  }

  terminate(instanceId: string, reason: string | null): SendOutcome {
    return this.#send(instanceId, () => executionTerminated(reason, this.#core.now()));
  }

  suspend(instanceId: string, reason: string | null): SendOutcome {
    const status = this.#core.state.instances.get(instanceId)?.status;
    if (status === 'Suspended') return { kind: 'wrongState', status };
    return this.#send(instanceId, () => executionSuspended(reason, this.#core.now()));
  }

  resume(instanceId: string, reason: string | null): SendOutcome {
    const status = this.#core.state.instances.get(instanceId)?.status;
    if (status !== undefined && !isFinished(status) && status !== 'Suspended') {
      return { kind: 'wrongState', status };
    }
    return this.#send(instanceId, () => executionResumed(reason, this.#core.now()));
  }

  /** Only what has ended. Children stay. */
  purge(instanceId: string): PurgeOutcome {
    const row = this.#core.state.instances.get(instanceId);
    if (row === undefined) return { kind: 'missing' };
    if (!isFinished(row.status)) return { kind: 'unfinished', status: row.status };
    this.#core.commit(removalOf(this.#core.state, row));
    return { kind: 'purged' };
  }

  /** Also what still runs. Returns how many went. */
  purgeAll(rows: readonly InstanceRow[]): number {
    this.#core.commit(rows.flatMap((row) => removalOf(this.#core.state, row)));
    return rows.length;
  }

  /** A new execution with the name and input of an old one; under a new id unless `sameId`. Throws if it is missing. */
  restart(instanceId: string, sameId: boolean): StartOutcome {
    const row = this.#core.state.instances.get(instanceId);
    if (row === undefined) {
      throw new LamplighterError(`There is no orchestration "${instanceId}" to restart.`, {
        code: 'durable.instance-missing',
        fault: 'caller',
        fix: 'Restart an instance that the status list shows.',
      });
    }
    const { name, input } = row;
    const own = sameId ? { instanceId } : { restartOf: instanceId };
    return this.start({ name, input, ...own, plainExecutionId: true });
  }

  #send(instanceId: string, event: () => HistoryEvent): SendOutcome {
    const row = this.#core.state.instances.get(instanceId);
    if (row === undefined) return { kind: 'missing' };
    if (isFinished(row.status)) return { kind: 'finished' };
    const message = {
      id: this.#core.state.nextId(),
      instanceId,
      executionId: null,
      visibleAt: this.#core.now(),
      event: event(),
    };
    this.#core.commit([{ change: 'putMessage', message }]);
    return { kind: 'accepted' };
  }
}
