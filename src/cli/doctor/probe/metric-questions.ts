import {
  listField,
  recordField,
  recordOf,
  textField,
  type WireRecord,
} from '../../../adapters/azure/wire.ts';
import { metricGroups } from '../../../adapters/azure/metric-groups.ts';
import { armApiVersion } from '../../../adapters/azure/arm-clients.ts';
import { workspaceArmId } from '../../../core/ids.ts';
import { isRunning } from '../../../fleet/readings.ts';
import { open, type ProbeContext, type Question, settled } from './question.ts';

const minuteMs = 60_000;
const hours = 6;
const monitor = 'https://metrics.monitor.azure.com';
const namespace = 'Microsoft.MachineLearningServices/workspaces';
const iso = (at: number): string => new Date(at).toISOString();

function batchQuery(now: number, names: string, filter: string | null, backMinutes: number): URLSearchParams {
  const toAt = Math.floor(now / minuteMs) * minuteMs;
  return new URLSearchParams({
    'api-version': '2024-02-01',
    starttime: iso(toAt - backMinutes * minuteMs),
    endtime: iso(toAt),
    interval: 'PT1M',
    metricnamespace: namespace,
    metricnames: names,
    aggregation: 'average',
    top: '1000',
    ...(filter === null ? {} : { filter }),
  });
}

/** Samples with a value, by lower-cased compute name. */
function samplesOf(body: WireRecord): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const entry of listField(body, 'values').map(recordOf)) {
    for (const metric of listField(entry, 'value').map(recordOf)) {
      for (const series of listField(metric, 'timeseries').map(recordOf)) {
        const dimension = listField(series, 'metadatavalues')
          .map(recordOf)
          .find(
            (one) => (textField(recordField(one, 'name'), 'value') ?? '').toLowerCase() === 'computename',
          );
        const name = textField(dimension ?? {}, 'value')?.toLowerCase();
        if (name === undefined) continue;
        const points = listField(series, 'data').map(recordOf);
        const count = points.filter(({ average }) => typeof average === 'number').length;
        found.set(name, (found.get(name) ?? 0) + count);
      }
    }
  }
  return found;
}

/** Names of computes on which a job was between then and now; null: the jobs cannot be read. */
async function computesWithJobs(
  { client, subject }: ProbeContext,
  sinceAt: number,
): Promise<ReadonlySet<string> | null> {
  const { rows } = await client.list(`${workspaceArmId(subject.workspace)}/jobs`, armApiVersion, 50);
  if (rows === null) return null;
  const names = rows.flatMap((row) => {
    const properties = recordField(row, 'properties');
    const ended = /^(completed|failed|canceled)$/i.test(textField(properties, 'status') ?? '');
    const changedAt = Date.parse(textField(recordField(row, 'systemData'), 'lastModifiedAt') ?? '');
    const computeId = textField(properties, 'computeId');
    return computeId === null || (ended && changedAt < sinceAt)
      ? []
      : [computeId.split('/').at(-1)?.toLowerCase() ?? ''];
  });
  return new Set(names);
}

/** Whoever uses an instance only from notebooks has no job on it. */
const seriesQuestion: Question = {
  id: 'metrics.without-job',
  question: 'Does Azure Monitor have CPU samples, by ComputeName, of an instance on which no job runs?',
  async ask(context) {
    const { azure, client, subject } = context;
    const now = azure.clock.now();
    const since = now - hours * 60 * minuteMs;
    const up = subject.instances.filter(
      ({ state, lastOperation }) => isRunning(state) && (lastOperation?.at ?? 0) < now - 30 * minuteMs,
    );
    if (up.length === 0) return open('No instance of the workspace has been running for half an hour.');
    const answer = await client.metrics(
      subject.location,
      subject.workspace.subscriptionId,
      batchQuery(now, 'CpuUtilizationPercentage', "ComputeName eq '*'", hours * 60),
      [workspaceArmId(subject.workspace)],
      monitor,
    );
    if (answer.fault !== null) return open(`The metrics cannot be read: ${answer.fault}`);
    const busy = await computesWithJobs(context, since);
    if (busy === null) return open('The jobs cannot be read, so nobody knows which instances had one.');
    const samples = samplesOf(answer.body);
    const jobless = up.map(({ ref }) => ref.compute).filter((name) => !busy.has(name.toLowerCase()));
    const count = (name: string): number => samples.get(name.toLowerCase()) ?? 0;
    const facts = {
      running: up.length,
      jobless: Object.fromEntries(jobless.map((name) => [name, count(name)])),
      withSamples: [...samples.keys()],
    };
    if (jobless.length === 0) return open(`Every running instance had a job in the last ${hours} h.`, facts);
    const seen = jobless.filter((name) => count(name) > 0);
    if (seen.length === 0) {
      return settled(
        `No: ${jobless.length} running instances without a job (${jobless.join(', ')}) have no sample in ${hours} h. They need the session agent.`,
        facts,
      );
    }
    const named = seen.map((name) => `${name} (${count(name)} samples)`).join(', ');
    return settled(
      `Yes: ${seen.length} of ${jobless.length} running instances without a job have some in ${hours} h: ${named}.`,
      facts,
    );
  },
};

const definitionsQuestion: Question = {
  id: 'metrics.definitions',
  question: 'Does the workspace offer the metrics that are asked for, with the dimensions they are split by?',
  async ask({ client, subject }) {
    const path = `${workspaceArmId(subject.workspace)}/providers/Microsoft.Insights/metricDefinitions`;
    const { rows, fault } = await client.list(path, '2018-01-01', 5);
    if (rows === null) return open(`The definitions cannot be read: ${fault ?? ''}`);
    const dimensionsOf = new Map(
      rows.map((row) => [
        (textField(recordField(row, 'name'), 'value') ?? '').toLowerCase(),
        listField(row, 'dimensions').map((one) => (textField(recordOf(one), 'value') ?? '').toLowerCase()),
      ]),
    );
    const lacking = metricGroups.flatMap(({ metrics, filter }) => {
      const dimensions = [...filter.matchAll(/(\w+) eq/g)].map(([, name]) => (name ?? '').toLowerCase());
      return [...metrics.keys()].flatMap((name) => {
        const has = dimensionsOf.get(name.toLowerCase());
        if (has === undefined) return [name];
        const missing = dimensions.filter((dimension) => !has.includes(dimension));
        return missing.length === 0 ? [] : [`${name} (no ${missing.join(', ')})`];
      });
    });
    const facts = { offered: rows.length, lacking };
    return lacking.length === 0
      ? settled(`Yes, all of them; it offers ${rows.length} metrics in all.`, facts)
      : settled(`No: it lacks ${lacking.join(', ')}.`, facts);
  },
};

const audiences = [monitor, 'https://management.azure.com'];

const audienceQuestion: Question = {
  id: 'metrics.audience',
  question: 'Which token audience does the regional metrics host accept?',
  async ask({ azure, client, subject }) {
    const accepted: string[] = [];
    const answers: Record<string, string> = {};
    for (const audience of audiences) {
      try {
        const { status, fault } = await client.metrics(
          subject.location,
          subject.workspace.subscriptionId,
          batchQuery(azure.clock.now(), 'CpuUtilizationPercentage', null, 5),
          [workspaceArmId(subject.workspace)],
          audience,
        );
        answers[audience] = fault ?? 'accepted';
        // Whoever is known but may not read was accepted all the same.
        if (status !== 401) accepted.push(audience);
      } catch (error) {
        answers[audience] = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'no token';
      }
    }
    return accepted.length === 0
      ? open(`Neither: ${audiences.map((one) => `${one}: ${answers[one] ?? ''}`).join('; ')}.`, { answers })
      : settled(
          `It accepts ${accepted.join(' and ')}${accepted.length === audiences.length ? '' : ' alone'}.`,
          { accepted, answers },
        );
  },
};

export const metricQuestions: readonly Question[] = [seriesQuestion, definitionsQuestion, audienceQuestion];
