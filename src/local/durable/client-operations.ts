import { LamplighterError } from '../../core/errors.ts';
import type { EngineCore } from './engine-core.ts';
import {
  eventRaised,
  executionResumed,
  executionStarted,
  executionSuspended,
  executionTerminated,
} from './event-factory.ts';
import type { HistoryEvent, OrchestrationStatus } from './history-event.ts';
import { isFinished, type InstanceRow } from './hub-rows.ts';
import type { HubChange } from './hub-state.ts';

export type StartRequest = {
  readonly name: string;
  /** A new id is made if none is given. */
  readonly instanceId?: string;
  /** JSON text; null for no input. */
  readonly input: string | null;
  /** The instance this start repeats. */
  readonly restartOf?: string;
  /** A restart writes its execution id without dashes. */
  readonly plainExecutionId?: boolean;
};

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
    this.#core.commit(this.#startChanges(request, instanceId, present));
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
    this.#core.commit(this.#removal(row));
    return { kind: 'purged' };
  }

  /** Also what still runs. Returns how many went. */
  purgeAll(rows: readonly InstanceRow[]): number {
    this.#core.commit(rows.flatMap((row) => this.#removal(row)));
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

  #startChanges(request: StartRequest, instanceId: string, present: InstanceRow | undefined): HubChange[] {
    const nowMs = this.#core.now();
    const sourceInstanceId = request.restartOf ?? null;
    const start = {
      instanceId,
      executionId:
        request.plainExecutionId === true
          ? this.#core.parts.newGuid().replaceAll('-', '')
          : this.#core.parts.newGuid(),
      name: request.name,
      input: request.input,
      parent: null,
      generation: present === undefined ? 0 : (present.generation ?? 0) + 1,
      version: null,
      tags: sourceInstanceId === null ? null : { MS_DurableFunctions_SourceInstanceId: sourceInstanceId },
    };
    const row: InstanceRow = {
      instanceId,
      executionId: start.executionId,
      name: request.name,
      version: null,
      status: 'Pending',
      input: request.input,
      output: null,
      customStatus: null,
      createdAt: nowMs,
      updatedAt: nowMs,
      generation: start.generation,
      parent: null,
      sourceInstanceId,
    };
    const message = {
      id: this.#core.state.nextId(),
      instanceId,
      executionId: start.executionId,
      visibleAt: nowMs,
      event: executionStarted(start, nowMs),
    };
    return [
      ...(present === undefined ? [] : this.#removal(present)),
      { change: 'putInstance', row },
      { change: 'putMessage', message },
    ];
  }

  #removal(row: InstanceRow): HubChange[] {
    const { instanceId } = row;
    const messages = [...this.#core.state.messages.values()].filter(
      (each) => each.instanceId === instanceId && each.event.EventType !== 0,
    );
    return [
      { change: 'removeInstance', instanceId },
      { change: 'clearHistory', instanceId },
      ...messages.map(({ id }): HubChange => ({ change: 'removeMessage', id })),
    ];
  }
}
