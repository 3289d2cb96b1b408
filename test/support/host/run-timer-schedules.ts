import { memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { judge, type HostCase } from './case-result.ts';
import { registerMinuteTimer } from './lifecycle-app.ts';
import { comparableValue } from './normalise.ts';
import { registerRecordedApp, type Seen } from './recorded-app.ts';
import { readRecording, recordingFile, type RecordedItem } from './recording.ts';
import { startTestHost } from './start-host.ts';

/** The timer recordings that no request caused: by schedule, at startup, and past due after a restart. */
export async function runTimerSchedules(): Promise<HostCase[]> {
  const items = readRecording(recordingFile('timer')).items.filter(({ request }) => request === undefined);
  const cases: HostCase[] = [];
  for (const item of items) {
    const actual = item.title.startsWith('by schedule') ? await runBySchedule() : await runPastDue();
    cases.push(judge('timer', item.title, { saw: recorded(item) }, { saw: comparableValue(actual) }));
  }
  return cases;
}

function recorded(item: RecordedItem): unknown {
  return comparableValue(item.handlerSaw);
}

async function runBySchedule(): Promise<unknown> {
  const seen: Seen = [];
  const timerStore = memoryTimerStore();
  const lastRun = Date.parse('2026-11-21T09:00:06.217Z');
  const next = Date.parse('2026-11-22T08:00:00Z');
  timerStore.save('tickStart', { last: lastRun, next, lastUpdated: lastRun });
  const clock = new VirtualClock(Date.parse('2026-11-21T09:19:56Z'));
  const running = await startTestHost(() => registerRecordedApp(seen), { clock, timerStore });
  running.host.timers.runFreely();
  await running.settle();
  for (const at of ['09:19:57', '09:20:00.005', '09:20:05.002', '09:20:10.001']) {
    clock.advanceTo(Date.parse(`2026-11-21T${at.padEnd(12, at.includes('.') ? '0' : '.000')}Z`));
    await running.settle();
  }
  await running.stop();
  return seen.filter(({ kind }) => kind === 'tickStart' || kind === 'tickFast');
}

async function runPastDue(): Promise<unknown> {
  const seen: { t: unknown }[] = [];
  const timerStore = memoryTimerStore();
  const load = (): void => registerMinuteTimer((t) => void seen.push({ t }));
  const clock = new VirtualClock(Date.parse('2026-11-21T09:14:40Z'));
  const first = await startTestHost(load, { clock, timerStore });
  clock.advanceTo(Date.parse('2026-11-21T09:15:00.009Z'));
  for (const { functionName } of first.host.timers.due()) await first.host.timers.run(functionName);
  await first.stop();
  clock.advanceTo(Date.parse('2026-11-21T09:17:11.283Z'));
  const second = await startTestHost(load, { clock, timerStore });
  for (const { functionName } of second.host.timers.due()) await second.host.timers.run(functionName);
  await second.stop();
  return seen;
}
