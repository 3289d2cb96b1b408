import { FreeRunner, DEFAULT_LIMITS } from '../../../src/local/durable/free-runner.ts';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { SqliteHubStore } from '../../../src/local/durable/sqlite-hub-store.ts';
import { isFinished } from '../../../src/local/durable/hub-rows.ts';
import { RealClock } from '../../../src/local/real-clock.ts';
import { workflowApp } from './workflow-app.ts';

/** A process that runs the workflow over the hub file of its argument, tells every change on its output, and ends with the workflow. */
const [, , path = ''] = process.argv;
const store = SqliteHubStore.open(path);
const engine = new DurableEngine({
  app: await workflowApp({ attempts: 0 }),
  store,
  clock: new RealClock({ factor: 2_000 }),
});
const runner = new FreeRunner(engine, DEFAULT_LIMITS, (fault) => {
  throw fault;
});
const unsubscribe = engine.onChange(() => {
  process.stdout.write('change\n');
  const row = engine.state.instances.get('wf');
  if (row === undefined || !isFinished(row.status)) return;
  unsubscribe();
  void runner.stop().then(() => store.close());
});
if (!store.state.instances.has('wf')) engine.client.start({ name: 'parent', instanceId: 'wf', input: null });
runner.start();
