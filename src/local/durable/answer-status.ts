import { DuplicateTaskId } from './history-view.ts';
import { isFinished, type InstanceRow } from './hub-rows.ts';
import { empty, exception, json, type ManagementResponse } from './management-answers.ts';
import { flagged, unlessRefused, type ManagementCall } from './management-call.ts';
import { statusBody } from './status-body.ts';

/** Status of one instance: 202 while it lives, 200 afterwards. */
export function answerStatus(call: ManagementCall, instanceId: string): ManagementResponse {
  const row = call.engine.state.instances.get(instanceId);
  if (row === undefined) return empty(404);
  try {
    return statusOf(call, row);
  } catch (error) {
    if (!(error instanceof DuplicateTaskId)) throw error;
    return exception(
      400,
      'One or more of the arguments submitted is incorrect',
      `An item with the same key has already been added. Key: ${error.message}`,
      'System.ArgumentException',
    );
  }
}

function statusOf(call: ManagementCall, row: InstanceRow): ManagementResponse {
  const body = statusBody(row, {
    showInput: unlessRefused(call, 'showInput'),
    history: flagged(call, 'showHistory') ? call.engine.state.historyOf(row.instanceId) : null,
    showHistoryOutput: flagged(call, 'showHistoryOutput'),
  });
  if (!isFinished(row.status)) {
    return json(202, body, { location: uriText(call.request.url), 'retry-after': '5' });
  }
  const asError = row.status === 'Failed' && flagged(call, 'returnInternalServerErrorOnFailure');
  return json(asError ? 500 : 200, body);
}

/** A request's path comes back decoded and escaped again: these characters stay plain then. */
function uriText(url: string): string {
  return url.replace(/%(?:21|24|26|27|28|29|2A|2C|3A|3B|3D|40|7E)/gi, decodeURIComponent);
}
