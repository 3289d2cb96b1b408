import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { durableMount } from '../../../src/local/host/durable-mount.ts';
import { FunctionsHost } from '../../../src/local/host/host.ts';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { DEFAULT_LIMITS, FreeRunner } from '../../../src/local/durable/free-runner.ts';
import { MemoryHubStore } from '../../../src/local/durable/hub-store.ts';
import { listenOnLoopback } from '../../../src/local/durable/loopback-listener.ts';
import { ManagementApi } from '../../../src/local/durable/management-api.ts';
import { clientBinding } from '../../../src/local/durable/management-links.ts';
import { RealClock } from '../../../src/local/real-clock.ts';
import { normalise } from '../durable/normalise-case.ts';
import { randomUUID } from 'node:crypto';
import { judge, notOffered, type HostCase } from './case-result.ts';
import { registerDurableHttpApp } from './durable-http-app.ts';
import { comparableResponse, comparableValue } from './normalise.ts';
import type { Seen } from './recorded-app.ts';
import { RECORDED_KEYS } from './recorded-keys.ts';
import { readRecording, recordingFile, type RecordedItem, type RecordedResponse } from './recording.ts';
import { sendRecorded } from './send-recorded.ts';

const GROUP = 'durable';
const RECORDED_AT = '2026-11-21T09:25:00Z';
const ORIGIN = '127.0.0.1:7171';
/** Seconds of the recording pass in some fifty milliseconds. */
const CLOCK_FACTOR = 20;
/** Idle means quiet for this long, real ms: the app's client polls by itself. */
const QUIET_MS = 4;

/** The Durable management API through the host, with the embedded engine behind it. */
export async function runDurableGroup(): Promise<HostCase[]> {
  const seen: Seen = [];
  const running = await startDurableHost(seen);
  const cases: HostCase[] = [];
  try {
    for (const item of readRecording(recordingFile(GROUP)).items)
      cases.push(await playItem(running, item, seen));
  } finally {
    await running.stop();
  }
  return cases;
}

type DurableHost = { readonly port: number; readonly engine: DurableEngine; stop(): Promise<void> };

async function startDurableHost(seen: Seen): Promise<DurableHost> {
  const clock = new RealClock({ factor: CLOCK_FACTOR });
  const app = await loadFunctionApp(
    () => registerDurableHttpApp((kind, data) => void seen.push({ kind, data })),
    { log: ignore },
  );
  const address = {
    taskHub: 'FhostHub',
    connection: 'Storage',
    code: RECORDED_KEYS.system['durabletask_extension'] ?? '',
  };
  const engine = new DurableEngine({ app, store: new MemoryHubStore(), clock });
  const api = new ManagementApi(engine, address);
  const loopback = await listenOnLoopback(() => api);
  const binding = JSON.stringify(clientBinding(`https://${ORIGIN}`, loopback.origin, address));
  app.provideInput('durableClient', () => ({ string: binding }));
  const host = new FunctionsHost({
    app,
    clock,
    settings: parseHostJson('{}').settings,
    keys: RECORDED_KEYS,
    timerStore: memoryTimerStore(),
    newId: randomUUID,
    newKey: randomUUID,
    log: ignore,
  });
  host.mount(
    'durabletask',
    durableMount(() => api),
  );
  const runner = new FreeRunner(engine, DEFAULT_LIMITS, (fault) => {
    throw fault;
  });
  runner.start();
  const port = await host.listen(0);
  const stop = async (): Promise<void> => {
    await runner.stop();
    await host.stop();
    await loopback.close();
  };
  return { port, engine, stop };
}

async function playItem(running: DurableHost, item: RecordedItem, seen: Seen): Promise<HostCase> {
  const { title, request, response } = item;
  if (request === undefined || response === undefined) return judgeSeen(item, seen);
  const actual = await sendRecorded(running.port, request);
  await idle(running.engine);
  if ('status' in actual && actual.status === 501) return notOffered(GROUP, title, messageOf(actual.body));
  const missing = NOT_OFFERED[title];
  if (missing !== undefined) return notOffered(GROUP, title, missing);
  return judgeResponse(title, response, actual);
}

const NOT_OFFERED: Readonly<Record<string, string>> = {
  'status of useEntity': 'The engine has no entities.',
  'status of http': 'The engine does not call URLs for orchestrators.',
};

/** The recorder kept 3,000 characters of a body: of a longer one that much is compared, as text without its stack traces. */
function judgeResponse(title: string, recorded: RecordedResponse, actual: RecordedResponse): HostCase {
  const cut = 'body' in recorded ? /^([^]*)…\(\d+ chars\)$/.exec(recorded.body ?? '')?.[1] : undefined;
  if (cut === undefined || !('status' in actual) || !('status' in recorded)) {
    return judge(GROUP, title, comparable(recorded), comparable(actual));
  }
  const recordedText = comparableText(cut);
  const start = recordedText.text.replace(/<(?:stack|frames)>$/, '');
  const actualText = comparableText(actual.body ?? '');
  const expected = comparable({ ...recorded, body: '{}' });
  const got = comparable({ ...actual, body: '{}' });
  return judge(
    GROUP,
    title,
    { response: expected, ...recordedText, text: start },
    { response: got, ...actualText, text: actualText.text.slice(0, start.length) },
  );
}

/** What a handler saw first of its kind in the recording is what it must see first here. */
function judgeSeen(item: RecordedItem, seen: Seen): HostCase {
  const kind = item.title.replace('handler saw: ', '');
  const actual = seen.find((entry) => entry.kind === kind);
  if (actual === undefined && kind === 'entity')
    return notOffered(GROUP, item.title, 'The engine has no entities.');
  return judge(GROUP, item.title, comparableSight(item.handlerSaw), comparableSight(actual));
}

function comparable(response: Parameters<typeof comparableResponse>[0]): unknown {
  return normalise(comparableResponse(response), RECORDED_AT);
}

/** How the extension recorded here and the newer one that the engine follows write the same failure. */
const FAILURE_STYLES = [
  /(?<=failed: |Message\\*":\\*") (?=activity boom)/g,
  /(?<=Source\\*":\\*")[\w.]+(?=\\*")/g,
];

type ComparableText = { readonly text: string; readonly failureStyle: readonly string[] };

/** A cut text without the style of its failures, and that style apart. */
function comparableText(raw: string): ComparableText {
  const normal = normalise(raw, RECORDED_AT);
  const text = typeof normal === 'string' ? normal : '';
  return {
    text: FAILURE_STYLES.reduce((left, style) => left.replaceAll(style, ''), text),
    failureStyle: FAILURE_STYLES.map((style) => text.match(style)?.[0] ?? ''),
  };
}

function comparableSight(value: unknown): unknown {
  return comparableValue(normalise(value, RECORDED_AT));
}

function ignore(): void {
  // What is logged does not matter here.
}

function messageOf(body: string | undefined): string {
  return (JSON.parse(body ?? '{}') as { Message?: string }).Message ?? '';
}

async function idle(engine: DurableEngine): Promise<void> {
  let quietSince = performance.now();
  while (performance.now() - quietSince < QUIET_MS) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const busy = engine.inFlight > 0 || engine.ready().length > 0 || engine.nextTimerAt() !== null;
    if (busy) quietSince = performance.now();
  }
}
