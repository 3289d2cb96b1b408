import process from 'node:process';
import { randomUUID } from 'node:crypto';
import { loadFunctionApp } from '../../../src/local/host/function-app.ts';
import { FunctionsHost } from '../../../src/local/host/host.ts';
import { parseHostJson } from '../../../src/local/host/host-settings.ts';
import { memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import { RealClock } from '../../../src/local/real-clock.ts';
import { surviveStrayRejections } from '../../../src/stray-rejections.ts';
import { lifecycleApps } from './lifecycle-app.ts';
import { RECORDED_KEYS } from './recorded-keys.ts';

// A host in a process of its own, whose app crashes on request. Prints its port, then log lines of errors. With the argument `careful` the
// app listens for stray rejections as Lamplighter does.
const log = ({ level, message }: { level: string; message: string }): void => {
  if (level !== 'information') process.stdout.write(`${message.split('\n')[0] ?? ''}\n`);
};
if (process.argv[2] === 'careful') surviveStrayRejections((message) => log({ level: 'error', message }));
const host = new FunctionsHost({
  app: await loadFunctionApp(lifecycleApps.crashing, { log }),
  clock: new RealClock({ factor: 1 }),
  settings: parseHostJson('{}').settings,
  keys: RECORDED_KEYS,
  timerStore: memoryTimerStore(),
  newId: randomUUID,
  newKey: randomUUID,
  log,
});
host.guardProcess(() => process.exit(1));
process.stdout.write(`port ${await host.listen(0)}\n`);
