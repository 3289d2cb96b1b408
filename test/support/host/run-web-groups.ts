import { judge, type HostCase } from './case-result.ts';
import { comparableResponse, comparableValue } from './normalise.ts';
import { registerRecordedApp, type Seen } from './recorded-app.ts';
import { readRecording, recordingFile, type RecordedItem } from './recording.ts';
import { sendRecorded } from './send-recorded.ts';
import { startTestHost, type TestHost } from './start-host.ts';

export const WEB_GROUPS = [
  'http-auth',
  'http-routing',
  'http-requests',
  'http-returns',
  'admin',
  'timer',
  'eventgrid',
] as const;

/** Sends the requests of the web, admin, timer and Event Grid recordings, in their order, to one host per group. */
export async function runWebGroup(group: string): Promise<HostCase[]> {
  const seen: Seen = [];
  const running = await startTestHost(() => registerRecordedApp(seen), {
    disabled: new Set(['disabledViaEnv']),
  });
  const cases: HostCase[] = [];
  try {
    for (const item of readRecording(recordingFile(group)).items) {
      if (item.request !== undefined) cases.push(await runItem(running, group, item, seen));
    }
  } finally {
    await running.stop();
  }
  return cases;
}

export async function runItem(
  running: TestHost,
  group: string,
  item: RecordedItem,
  seen: Seen,
): Promise<HostCase> {
  seen.length = 0;
  if (item.request === undefined || item.response === undefined) throw new Error(`${item.title}: no request`);
  const sending = sendRecorded(running.port, item.request);
  const response = await settleWhile(running, sending);
  const expected = { response: comparableResponse(item.response), saw: comparableSaw(item.handlerSaw) };
  const actual = {
    response: likeRecorded(comparableResponse(response), item),
    saw: item.handlerSaw === undefined ? undefined : sawLike(item.handlerSaw, seen),
  };
  return judge(group, item.title, expected, actual);
}

/** Lets retries pass on the virtual clock while a request waits for them. */
async function settleWhile<T>(running: TestHost, pending: Promise<T>): Promise<T> {
  const state = { ended: false };
  const result = pending.finally(() => {
    state.ended = true;
  });
  while (!state.ended) {
    await running.settle();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await running.settle();
  return result;
}

function comparableSaw(saw: RecordedItem['handlerSaw']): unknown {
  return saw === undefined ? undefined : comparableValue(saw);
}

/** Recordings keep of later entries only what is new in them: the comparison takes of each entry what its recording has. */
function sawLike(recorded: NonNullable<RecordedItem['handlerSaw']>, seen: Seen): unknown {
  const entries = Array.isArray(recorded) ? recorded : [];
  return comparableValue(
    seen.map((entry, index) => {
      const like = entries[index];
      if (typeof like !== 'object' || like === null) return entry;
      return 'kind' in like
        ? { kind: entry.kind, data: pick(entry.data, (like as { data?: unknown }).data) }
        : pick(entry.data, like);
    }),
  );
}

function pick(value: unknown, like: unknown): unknown {
  if (typeof like !== 'object' || like === null) return value;
  const source = value as Record<string, unknown>;
  return Object.fromEntries(Object.keys(like).map((key) => [key, source[key]]));
}

/** The recorded list of functions was cut to a few of them; their order is told in the note. */
function likeRecorded(actual: Record<string, unknown>, item: RecordedItem): Record<string, unknown> {
  const order = /^\d+ functions; order: (.*)$/.exec(item.note ?? '')?.[1]?.split(' ');
  const body = actual['body'];
  if (order === undefined || !Array.isArray(body)) return actual;
  const entries = body as { name: string }[];
  const names = entries.map(({ name }) => name);
  if (names.join(' ') !== order.join(' ')) return { ...actual, body: { order: names.join(' ') } };
  const response = item.response;
  const recorded = response !== undefined && 'body' in response ? (response.body ?? '[]') : '[]';
  const kept = (JSON.parse(recorded) as { name: string }[]).map(({ name }) => name);
  return { ...actual, body: entries.filter(({ name }) => kept.includes(name)) };
}
