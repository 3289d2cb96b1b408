import type { HostCase } from './host/case-result.ts';
import { runDurableGroup } from './host/run-durable-group.ts';
import { LIFECYCLE_GROUPS, runLifecycleGroup } from './host/run-lifecycle.ts';
import { runRetryAndShutdown } from './host/run-retry-and-shutdown.ts';
import { runTimerSchedules } from './host/run-timer-schedules.ts';
import { runWebGroup, WEB_GROUPS } from './host/run-web-groups.ts';

export { isUnexplained, type HostCase } from './host/case-result.ts';

/** What was recorded. */
export const RECORDED_VERSIONS = {
  'Functions host': '4.1037.0',
  'Node worker': '3.9.1',
  'Node.js': '20.20.2',
  '@azure/functions': '4.16.5',
  'durable-functions': '3.5.0',
  'Event Grid extension': '3.3.0',
  'Timers extension': '5.1.0',
  'Durable extension': '3.15.0',
} as const;

/** Plays every recorded item of the Functions host on the embedded host, group by group; one row each, in the order played. */
export async function runHostConformance(): Promise<HostCase[]> {
  const cases: HostCase[] = [];
  for (const group of WEB_GROUPS) cases.push(...(await runWebGroup(group)));
  cases.push(...(await runTimerSchedules()));
  for (const group of LIFECYCLE_GROUPS) cases.push(...(await runLifecycleGroup(group)));
  cases.push(...(await runRetryAndShutdown()));
  cases.push(...(await runDurableGroup()));
  return cases;
}
