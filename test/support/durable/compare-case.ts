import { DECIDED_BY_TIMING } from './case-groups.ts';
import { firstDifference } from './first-difference.ts';
import { normalise, normaliseCase } from './normalise-case.ts';
import type { PlayedCase } from './play-case.ts';
import type { RecordedCase, RecordedStep } from './recorded-case.ts';

export type Verdict = {
  readonly result: 'matches' | 'differs' | 'not offered';
  /** How it was compared, or what differs and why. */
  readonly note: string;
};

const NOT_OFFERED_STATUS = 501;

/** Why a case may differ. */
const KNOWN_DEVIATIONS: Readonly<Record<string, string>> = {
  'zz-odd-id-space':
    'on Azure an id of one blank stays Pending and stalls the worker; here it runs as any other id',
};

/** Compares what was recorded with what the embedded engine did. */
export function compareCase(recorded: RecordedCase, played: PlayedCase): Verdict {
  const refusal = played.steps.find(
    (step) => 'response' in step && step.response.status === NOT_OFFERED_STATUS,
  );
  if (refusal !== undefined && 'response' in refusal) {
    const { Message } = refusal.response.body as { Message: string };
    return { result: 'not offered', note: Message };
  }
  const timing = DECIDED_BY_TIMING.has(recorded.case);
  const difference = timing ? finalDifference(recorded, played) : wholeDifference(recorded, played);
  if (difference !== null) {
    const why = KNOWN_DEVIATIONS[recorded.case];
    return { result: 'differs', note: why ?? difference };
  }
  return {
    result: 'matches',
    note: timing ? 'final state; timing decides the course' : 'calls, episodes, activities, final state',
  };
}

function wholeDifference(recorded: RecordedCase, played: PlayedCase): string | null {
  const steps = played.steps.map((step, index) => withoutUnkept(recorded.steps[index], step));
  const ownSteps = recorded.steps.map((step) => ownRowsOnly(step, recorded.final));
  return firstDifference(
    normaliseCase({ ...recorded, steps: ownSteps }, recorded.recordedAt),
    normaliseCase({ ...played, steps }, recorded.recordedAt),
  );
}

/** The histories of such cases differ in batching; statuses, inputs and outputs may not. */
function finalDifference(recorded: RecordedCase, played: PlayedCase): string | null {
  const outcome = (final: RecordedCase['final']) =>
    normalise(
      Object.fromEntries(
        Object.entries(final).map(([id, { status, body }]) => [id, { status, body: withoutHistory(body) }]),
      ),
      recorded.recordedAt,
    );
  return firstDifference(outcome(recorded.final), outcome(played.final), '/final');
}

function withoutHistory(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { historyEvents: _, ...rest } = body as Record<string, unknown>;
  return sortedLists(rest);
}

/** Events raised at once were taken in some order, and children ended in some order. */
function sortedLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => JSON.stringify(sortedLists(each))).sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, sortedLists(member)]));
}

/** The client's list was of the recorder's whole hub: only rows of this case can be compared. */
function ownRowsOnly(step: RecordedStep, final: RecordedCase['final']): RecordedStep {
  if (step.op !== 'getStatusBy' || !('result' in step) || !Array.isArray(step.result)) return step;
  const rows = step.result as readonly { readonly instanceId: string }[];
  return { ...step, result: rows.filter(({ instanceId }) => instanceId in final) };
}

/** A list of the recorder's whole hub was recorded as text only: its rows belong to other cases. */
function withoutUnkept(recorded: RecordedStep | undefined, played: RecordedStep): RecordedStep {
  if (recorded === undefined || !('response' in recorded) || !('response' in played)) return played;
  const { body, bodyText } = recorded.response;
  if (body !== undefined || typeof bodyText !== 'string' || bodyText === '') return played;
  const { body: _, ...response } = played.response;
  return { ...played, response };
}
