import type { InvocationOutcome, InvocationRequest, TypedData } from '../../../src/local/host/types.ts';
import { workerFailure } from '../../../src/local/durable/worker-failure.ts';
import type { RecordedCase } from './recorded-case.ts';

const OUT_OF_PROC_DATA = '\n\n$OutOfProcData$:';

type Episode = RecordedCase['episodes'][number];
type Activity = RecordedCase['activities'][number];

/** Writes an orchestrator's call down as the recordings have it; the returned function adds how it ended. */
export function recordEpisode(
  request: InvocationRequest,
  episodes: Episode[],
): (outcome: InvocationOutcome) => void {
  const trigger = JSON.parse(request.trigger.string ?? '') as {
    instanceId: string;
    parentInstanceId: string | null;
  };
  const { instanceId, parentInstanceId } = trigger;
  const episode: Episode = { function: request.functionName, instanceId, parentInstanceId, request: trigger };
  episodes.push(episode);
  return (outcome) => {
    if (outcome.ok) {
      episode.response = valueOf(outcome.returnValue);
      return;
    }
    const { message } = workerFailure(outcome.error);
    episode.failure = { message };
    const at = message.indexOf(OUT_OF_PROC_DATA);
    if (at >= 0) episode.response = JSON.parse(message.slice(at + OUT_OF_PROC_DATA.length));
  };
}

/** The same for an activity. */
export function recordActivity(
  request: InvocationRequest,
  activities: Activity[],
): (outcome: InvocationOutcome) => void {
  const activity: Activity = {
    function: request.functionName,
    instanceId: request.triggerMetadata?.['instanceId']?.string ?? '',
    input: request.trigger.string ?? null,
  };
  activities.push(activity);
  return (outcome) => {
    if (outcome.ok) activity.returnValue = rpcJson(outcome.returnValue);
    else activity.failure = { message: workerFailure(outcome.error).message };
  };
}

function valueOf(value: TypedData | null): unknown {
  return value?.json === undefined || value.json === null ? null : (JSON.parse(value.json) as unknown);
}

/** A typed value as the recordings write it. */
function rpcJson(value: TypedData | null): unknown {
  if (value === null) return null;
  if (value.bytes !== undefined && value.bytes !== null)
    return { bytes: Buffer.from(value.bytes).toString('base64') };
  if (value.double !== undefined && value.double !== null) return { double: String(value.double) };
  return value;
}
