import { answer, errorAnswer, type WireResponse } from './wire.ts';
import { MetricAnswer, type Visibility } from './metric-answer.ts';
import { parseMetricQuery } from './metric-query.ts';
import { isObject } from './json.ts';
import type { AzureParts } from './azure-parts.ts';
import type { WorkspaceRecord } from './compute-record.ts';

const minuteMs = 60_000;
const maxResources = 50;
const namespace = 'microsoft.machinelearningservices/workspaces';

export type MetricsSettings = {
  /** How long after its minute a value can be read. */
  readonly delayMs: number;
  /** A machine that came up has points only from this long after. */
  readonly startDelayMs: number;
};

function visibilityAt(parts: AzureParts, settings: MetricsSettings, now: number): Visibility {
  const newestMinute = Math.floor((now - settings.delayMs - minuteMs) / minuteMs) * minuteMs;
  return {
    visibleBeforeAt: newestMinute + minuteMs,
    startDelayMs: settings.startDelayMs,
    trueMinute: parts.faults.isSkewed ? (at) => parts.faults.trueMinute(at) : null,
  };
}

const bad = (message: string): WireResponse => errorAnswer(400, 'BadRequest', message);

type Checked = { readonly asked: string; readonly workspace: WorkspaceRecord };

/** The workspaces that a batch names, or why Azure would refuse the whole batch. */
function checkResources(
  ids: readonly string[],
  subscriptionId: string,
  region: string,
  parts: AzureParts,
): readonly Checked[] | WireResponse {
  if (ids.length === 0 || ids.length > maxResources) {
    return bad(`A batch holds 1 to ${maxResources} resource ids; this one holds ${ids.length}.`);
  }
  const checked: Checked[] = [];
  for (const id of ids) {
    if (id.split('/')[2]?.toLowerCase() !== subscriptionId.toLowerCase()) {
      return bad(`All resources of a batch must be of subscription ${subscriptionId}: ${id} is not.`);
    }
    const workspace = parts.world.workspaces.get(id.toLowerCase());
    if (workspace === undefined) return errorAnswer(404, 'ResourceNotFound', `${id} was not found.`);
    if (workspace.location !== region) {
      return bad(`All resources of a batch must be in ${region}: ${id} is in ${workspace.location}.`);
    }
    checked.push({ asked: id, workspace });
  }
  return checked;
}

/** `POST https://<region>.metrics.monitor.azure.com/subscriptions/<id>/metrics:getBatch`. */
export function answerBatch(
  url: URL,
  body: unknown,
  region: string,
  parts: AzureParts,
  settings: MetricsSettings,
): WireResponse {
  const now = parts.clock.now();
  const subscriptionId = url.pathname
    .split('/')
    .find((segment, index, all) => all[index - 1] === 'subscriptions');
  const ids = isObject(body) ? body['resourceids'] : undefined;
  if (subscriptionId === undefined || !Array.isArray(ids)) return bad('resourceids must be a list.');
  if (!url.searchParams.has('api-version')) return bad('The api-version query parameter is required.');
  const asked = [...url.searchParams].find(([key]) => key.toLowerCase() === 'metricnamespace')?.[1];
  if (asked?.toLowerCase() !== namespace)
    return bad(`The metric namespace ${asked ?? ''} has no metrics here.`);
  const parsed = parseMetricQuery(url.searchParams, now);
  if (!parsed.ok) return bad(parsed.message);
  const checked = checkResources(ids.map(String), subscriptionId, region, parts);
  if ('kind' in checked) return checked;
  const writer = new MetricAnswer(parsed.query, visibilityAt(parts, settings, now));
  const entries = checked.map((entry) => batchEntry(writer, entry, now, parts));
  return answer(200, `{"values":[${entries.join(',')}]}`);
}

const batchEntry = (writer: MetricAnswer, entry: Checked, now: number, parts: AzureParts): string =>
  writer.batchEntry(entry.asked, entry.workspace.location, {
    computes: parts.world.computesOf(entry.workspace, now),
    sizes: parts.world.sizes,
  });

/** `GET https://management.azure.com/<workspace id>/providers/Microsoft.Insights/metrics`. */
export function answerSingle(
  workspace: WorkspaceRecord,
  query: URLSearchParams,
  parts: AzureParts,
  settings: MetricsSettings,
): WireResponse {
  const now = parts.clock.now();
  const parsed = parseMetricQuery(query, now);
  if (!parsed.ok) return bad(parsed.message);
  const writer = new MetricAnswer(parsed.query, visibilityAt(parts, settings, now));
  return answer(
    200,
    writer.single(workspace.id, workspace.location, {
      computes: parts.world.computesOf(workspace, now),
      sizes: parts.world.sizes,
    }),
  );
}
