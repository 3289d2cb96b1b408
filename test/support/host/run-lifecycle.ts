import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { judge, notOffered, type HostCase } from './case-result.ts';
import { lifecycleApps } from './lifecycle-app.ts';
import { SCENARIOS, type Scenario } from './lifecycle-scenarios.ts';
import { comparableResponse } from './normalise.ts';
import { readRecording, recordingFile, type RecordedItem, type RecordedResponse } from './recording.ts';
import { sendRecorded } from './send-recorded.ts';
import { startCrashingHost } from './start-crashing-host.ts';
import { nextTurn, startTestHost, type TestHost } from './start-host.ts';

export const LIFECYCLE_GROUPS = ['lifecycle', 'lifecycle-2'] as const;

type Play = { readonly group: string; readonly items: readonly RecordedItem[] };

/** Plays the scenarios of a lifecycle recording: settings, broken apps, crashes. */
export async function runLifecycleGroup(group: string): Promise<HostCase[]> {
  const cases: HostCase[] = [];
  for (const [name, items] of byScenario(readRecording(recordingFile(group)).items)) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) throw new Error(`The scenario "${name}" of ${group} is not known here.`);
    cases.push(...(await play(scenario, { group, items })));
  }
  return cases;
}

function byScenario(items: readonly RecordedItem[]): Map<string, RecordedItem[]> {
  const scenarios = new Map<string, RecordedItem[]>();
  for (const item of items) {
    const name = scenarioOf(item.title);
    scenarios.set(name, [...(scenarios.get(name) ?? []), item]);
  }
  return scenarios;
}

function scenarioOf(title: string): string {
  if (title.startsWith('20 parallel')) return 'maxConcurrentRequests not set, 20 parallel';
  if (title.endsWith('handler never returns')) return 'functionTimeout 3 s, long wait';
  return title.slice(0, title.indexOf(':'));
}

async function play(scenario: Scenario, run: Play): Promise<HostCase[]> {
  switch (scenario.kind) {
    case 'host':
      return playOnHost(await startTestHost(scenario.load, scenario.options), run);
    case 'child-process':
      return playCrashes(run);
    case 'refused':
    case 'not-offered': {
      const refusal = await loadFunctionApp(scenario.load, { log: () => undefined }).then(
        () => 'it was not refused',
        (error: unknown) => String(error),
      );
      if (scenario.kind === 'not-offered') {
        // The package would keep streaming for the rest of the process.
        await loadFunctionApp(lifecycleApps.streamingOffAgain, { log: () => undefined });
      }
      return refusedCases(run, scenario, refusal);
    }
    case 'bad-settings':
      return refusedCases(
        run,
        scenario,
        refusalOf(() => parseHostJson(scenario.text)),
      );
  }
}

function refusalOf(action: () => unknown): string {
  try {
    action();
    return 'it was not refused';
  } catch (error) {
    return String(error);
  }
}

/** The real host starts without functions or answers 503; this one does not start. What is compared is that it says why. */
function refusedCases({ group, items }: Play, scenario: Scenario, refusal: string): HostCase[] {
  const expected = 'expected' in scenario ? scenario.expected : /^$/;
  return items.map((item) => {
    if (!expected.test(refusal)) {
      return judge(group, item.title, `a refusal that says ${String(expected)}`, refusal);
    }
    if (scenario.kind === 'not-offered') {
      return notOffered(group, item.title, 'HTTP streaming is refused at load, by name.');
    }
    return judge(group, item.title, item.response ?? item.log, { refused: refusal });
  });
}

/** Of process ids only this can be compared: whether one is that of the first answer. */
class ProcessIds {
  readonly #first: { recorded?: string; actual?: string } = {};

  comparable(recorded: RecordedResponse, actual: RecordedResponse, path: string): [unknown, unknown] {
    const [expected, got] = [comparableResponse(recorded), comparableResponse(actual)];
    if (path !== '/api/pid') return [expected, got];
    return [this.#told('recorded', expected), this.#told('actual', got)];
  }

  #told(side: 'recorded' | 'actual', answer: Record<string, unknown>): Record<string, unknown> {
    const { body } = answer;
    if (typeof body !== 'string') return answer;
    this.#first[side] ??= body;
    return { ...answer, body: body === this.#first[side] ? 'the first process' : 'another process' };
  }
}

async function playOnHost(running: TestHost, { group, items }: Play): Promise<HostCase[]> {
  try {
    const pids = new ProcessIds();
    const parallel = items.filter(({ title }) => title.includes(': parallel '));
    const cases = await playParallel(running, group, parallel);
    for (const item of items) {
      if (parallel.includes(item)) continue;
      if (item.log !== undefined) cases.push(judgeLog(running, group, item));
      else if (item.request === undefined) cases.push(await playNoted(running, group, item));
      else cases.push(await playRequest(running, pids, group, item));
    }
    return cases;
  } finally {
    await running.stop();
  }
}

async function playRequest(
  running: TestHost,
  pids: ProcessIds,
  group: string,
  item: RecordedItem,
): Promise<HostCase> {
  if (item.request === undefined || item.response === undefined) throw new Error(item.title);
  const sending = sendRecorded(running.port, item.request);
  if (item.title.endsWith(': slow')) await passTimeLimit(running);
  const response = await sending;
  return judge(group, item.title, ...pids.comparable(item.response, response, item.request.path));
}

/** Waits until the request runs, then lets the three seconds of the limit pass. */
async function passTimeLimit(running: TestHost): Promise<void> {
  while (running.host.inFlight === 0) await nextTurn();
  running.clock.advanceTo(running.clock.now() + 3000);
}

/** Requests sent at once; their recordings stand in the order of the answers. */
async function playParallel(
  running: TestHost,
  group: string,
  items: readonly RecordedItem[],
): Promise<HostCase[]> {
  const answers: RecordedResponse[] = [];
  await Promise.all(
    items.map(async ({ request }) => {
      if (request !== undefined) answers.push(await sendRecorded(running.port, request));
    }),
  );
  return items.map((item, index) => {
    const answer = answers[index];
    if (item.response === undefined || answer === undefined) throw new Error(item.title);
    return judge(group, item.title, comparableResponse(item.response), comparableResponse(answer));
  });
}

/** Items that were told in words: many requests at once, and a handler that never ends. */
async function playNoted(running: TestHost, group: string, item: RecordedItem): Promise<HostCase> {
  const request = { method: 'GET', path: '/api/slow', headers: {} };
  if (item.title.startsWith('20 parallel')) {
    const sending = Array.from({ length: 20 }, () => sendRecorded(running.port, request));
    let most = 0;
    const state = { ended: false };
    const all = Promise.all(sending).finally(() => {
      state.ended = true;
    });
    while (!state.ended) {
      most = Math.max(most, running.host.inFlight);
      await nextTurn();
    }
    const statuses = new Set((await all).map(status));
    return judge(
      group,
      item.title,
      { statuses: [200], atOnce: 20 },
      { statuses: [...statuses], atOnce: most },
    );
  }
  const startedAt = running.clock.now();
  const sending = sendRecorded(running.port, request);
  await passTimeLimit(running);
  const answer = status(await sending);
  const afterMs = running.clock.now() - startedAt;
  return judge(group, item.title, { status: 500, afterMs: 15_449 }, { status: answer, afterMs });
}

function status(response: RecordedResponse): unknown {
  return 'status' in response ? response.status : response;
}

/** The wording of a log is the host's own; compared is what it tells: which functions failed, which are in error, whether the host runs. */
function judgeLog({ host, lines }: TestHost, group: string, item: RecordedItem): HostCase {
  const hostFailed = host.catalogue.hostErrors.length > 0;
  const facts = {
    failed: unique(lines.flatMap(({ message }) => namesIn(message, /Executed 'Functions\.(\S+)' \(Failed/g))),
    inError: hostFailed ? [] : [...host.catalogue.errors.keys()],
    hostFailed,
  };
  return judge(group, item.title, recordedFacts(item.log ?? []), facts);
}

function recordedFacts(log: readonly string[]): Record<string, unknown> {
  const text = log.join('\n');
  return {
    failed: unique(namesIn(text, /Executed 'Functions\.(\S+)' \(Failed/g)),
    inError: namesIn(text, /The '([^']+)' function is in error/g),
    hostFailed: text.includes('Hosting failed to start'),
  };
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name ?? '');
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/**
 * Crashes, on a host in a process of its own. A handler that calls `process.exit` would end it at once, so an uncaught exception stands in
 * for it: the row of three crashes is complete as recorded.
 */
async function playCrashes({ group, items }: Play): Promise<HostCase[]> {
  const host = await startCrashingHost();
  const pids = new ProcessIds();
  const cases: HostCase[] = [];
  try {
    for (const item of items) {
      if (item.log !== undefined) {
        const text = host.lines.join('\n');
        const failed = unique(namesIn(text, /Executed 'Functions\.(\S+)' \(Failed/g));
        const actual = { ...recordedFacts([]), failed };
        cases.push(judge(group, item.title, recordedFacts(item.log), actual));
      } else if (item.request !== undefined && item.response !== undefined) {
        const exits = item.request.path.endsWith('/exit');
        const request = exits ? { ...item.request, path: '/api/uncaught' } : item.request;
        if (item.title.endsWith('pid after unhandled')) await host.ended;
        const response = await sendRecorded(host.port, request);
        const row = judge(group, item.title, ...pids.comparable(item.response, response, item.request.path));
        cases.push(exits ? notOffered(group, item.title, EXIT_NOTE) : row);
      }
    }
  } finally {
    host.stop();
  }
  return cases;
}

const EXIT_NOTE = 'App and host share one process: process.exit in a handler ends the host.';
