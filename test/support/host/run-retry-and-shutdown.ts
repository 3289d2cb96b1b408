import { judge, type HostCase } from './case-result.ts';
import { registerRetryApp } from './lifecycle-app.ts';
import { comparableResponse, comparableValue } from './normalise.ts';
import type { Seen } from './recorded-app.ts';
import { readRecording, recordingFile } from './recording.ts';
import { runItem } from './run-web-groups.ts';
import { sendRecorded } from './send-recorded.ts';
import { startTestHost } from './start-host.ts';

const GROUP = 'retry-and-shutdown';

/** Retries of every trigger, and a host that is stopped while a request runs. */
export async function runRetryAndShutdown(): Promise<HostCase[]> {
  const seen: Seen = [];
  const running = await startTestHost(() => registerRetryApp((kind, data) => void seen.push({ kind, data })));
  const cases: HostCase[] = [];
  const stopping: typeof cases = [];
  for (const item of readRecording(recordingFile(GROUP)).items) {
    if (!/SIGTERM/.test(item.title)) cases.push(await runItem(running, GROUP, item, seen));
  }
  const [late, slow] = readRecording(recordingFile(GROUP)).items.filter(({ title }) => /SIGTERM/.test(title));
  if (late?.request === undefined || slow?.request === undefined) throw new Error('no shutdown recordings');
  if (late.response === undefined || slow.response === undefined) throw new Error('no shutdown answers');
  seen.length = 0;
  const sending = sendRecorded(running.port, slow.request);
  while (running.host.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
  const stopped = running.stop();
  const refused = await sendRecorded(running.port, late.request);
  const finished = await sending;
  await stopped;
  stopping.push(
    judge(GROUP, late.title, comparableResponse(late.response), comparableResponse(refused)),
    judge(
      GROUP,
      slow.title,
      { response: comparableResponse(slow.response), saw: comparableValue(slow.handlerSaw) },
      { response: comparableResponse(finished), saw: comparableValue(seen) },
    ),
  );
  return [...cases, ...stopping];
}
