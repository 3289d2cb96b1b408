import type { Decision } from './decision.ts';
import type { EventOf } from './history-event.ts';

const PREFIX = 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled';
const SUFFIX = 'Was a change made to the orchestrator code after this instance had already started running?';

const ACTION_NAMES: Readonly<Record<Decision['kind'], string>> = {
  activity: 'ScheduleTaskOrchestratorAction',
  subOrchestration: 'CreateSubOrchestrationAction',
  timer: 'CreateTimerOrchestratorAction',
};

/** History says one thing was scheduled under a task id, the replay asks for another. Fails the orchestration. */
export class NonDeterminism extends Error {}

/** Throws `NonDeterminism` if `decision` is not what `event` remembers. */
export function confirmDecision(event: EventOf<4> | EventOf<7> | EventOf<10>, decision?: Decision): void {
  const id = event.EventId;
  const [what, kind] = described(event);
  if (decision === undefined) {
    throw new NonDeterminism(
      `${PREFIX} ${what.missing}, but the current replay execution hasn't (yet?) scheduled this task. ${SUFFIX}`,
    );
  }
  if (decision.kind !== kind) {
    throw new NonDeterminism(
      `${PREFIX} ${what.other}, but the current orchestration replay instead produced a ` +
        `${ACTION_NAMES[decision.kind]} action with this sequence number. ${SUFFIX}`,
    );
  }
  if (event.EventType === 10 || decision.kind === 'timer') return;
  if (event.Name.toLowerCase() === decision.name.toLowerCase()) return;
  const noun = decision.kind === 'activity' ? 'an activity task' : 'a sub-orchestration';
  throw new NonDeterminism(
    `${PREFIX} ${noun} with sequence number ${id} named '${event.Name}', but the current orchestration replay instead ` +
      `scheduled ${noun} named '${decision.name}' with this sequence number.  ${SUFFIX}`,
  );
}

function described(
  event: EventOf<4> | EventOf<7> | EventOf<10>,
): [{ missing: string; other: string }, Decision['kind']] {
  const id = event.EventId;
  switch (event.EventType) {
    case 4:
      return [
        {
          missing: `an activity task with sequence ID ${id} and name '${event.Name}' (version '')`,
          other: `an activity task with sequence number ${id} named '${event.Name}'`,
        },
        'activity',
      ];
    case 7:
      return [
        {
          missing: `a sub-orchestration task with sequence ID ${id} and name '${event.Name}' (version '', instance ID '${event.InstanceId}')`,
          other: `a sub-orchestration with sequence number ${id} named '${event.Name}'`,
        },
        'subOrchestration',
      ];
    case 10:
      return [
        {
          missing: `a timer task with sequence number ${id}`,
          other: `a timer task with sequence number ${id}`,
        },
        'timer',
      ];
  }
}
