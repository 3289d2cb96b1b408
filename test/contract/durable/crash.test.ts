import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import type { HubChange } from '../../../src/local/durable/hub-state.ts';
import { MemoryHubStore, type HubStore } from '../../../src/local/durable/hub-store.ts';
import { SqliteHubStore } from '../../../src/local/durable/sqlite-hub-store.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { drain } from '../../support/durable/drain.ts';
import { durableApp } from '../../support/durable/durable-app.ts';
import { workflowApp, WORKFLOW_END } from '../../support/durable/workflow-app.ts';

const START_MS = Date.UTC(2026, 10, 21, 9);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Counts the commits and stops taking them after `limit`, as a process does that was killed. */
class MortalStore implements HubStore {
  commits = 0;
  readonly #inner: HubStore;
  readonly #limit: number;
  readonly #onDeath: () => void;

  constructor(inner: HubStore, limit: number, onDeath: () => void) {
    this.#inner = inner;
    this.#limit = limit;
    this.#onDeath = onDeath;
  }

  get state(): HubStore['state'] {
    return this.#inner.state;
  }

  commit(changes: readonly HubChange[]): void {
    this.#inner.commit(changes);
    this.commits += 1;
    if (this.commits === this.#limit) this.#onDeath();
  }

  close(): void {
    this.#inner.close();
  }
}

function closedGate(): { readonly opened: Promise<void>; open(): void } {
  const gate = { open: (): void => undefined };
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  return { opened, open: () => gate.open() };
}

type Life = { readonly commits: number; readonly nowMs: number };

/** One life over a hub file: starts the workflow if the hub is empty, and dies after `limit` commits. */
async function live(path: string, slips: { attempts: number }, nowMs: number, limit: number): Promise<Life> {
  const file = SqliteHubStore.open(path);
  const clock = new VirtualClock(nowMs);
  const store = new MortalStore(file, limit, () => engine.fence());
  const engine = new DurableEngine({ app: await workflowApp(slips), store, clock });
  if (!file.state.instances.has('wf'))
    engine.client.start({ name: 'parent', instanceId: 'wf', input: 'null' });
  await drain(engine, clock);
  file.close();
  return { commits: store.commits, nowMs: clock.now() };
}

function endOf(path: string) {
  const store = SqliteHubStore.open(path);
  const rows = [...store.state.instances.values()].map(({ instanceId, status, output }) => [
    instanceId,
    status,
    output,
  ]);
  const left = store.state.messages.size + store.state.activities.size;
  store.close();
  return { rows: rows.sort((a, b) => String(a[0]).localeCompare(String(b[0]))), left };
}

describe('a hub whose process dies', () => {
  it('ends the same, between whichever two changes it died', async () => {
    const whole = join(folder, 'whole.db');
    const { commits } = await live(whole, { attempts: 0 }, START_MS, Number.POSITIVE_INFINITY);
    const expected = endOf(whole);
    expect(expected).toEqual({ left: 0, rows: WORKFLOW_END });
    expect(commits).toBeGreaterThan(20);
    for (let death = 1; death < commits; death += 1) {
      const path = join(folder, `died-${death}.db`);
      const slips = { attempts: 0 };
      const first = await live(path, slips, START_MS, death);
      await live(path, slips, first.nowMs + 1_000, Number.POSITIVE_INFINITY);
      expect(endOf(path), `died after change ${death}`).toEqual(expected);
    }
  });

  it('runs an activity again that had not ended', async () => {
    const store = new MemoryHubStore();
    const clock = new VirtualClock(START_MS);
    let runs = 0;
    const gate = closedGate();
    const app = await durableApp((df) => {
      df.app.activity('work', {
        handler: async () => {
          runs += 1;
          if (runs === 1) await gate.opened;
          return { runs };
        },
      });
      df.app.orchestration('worker', function* (context) {
        return yield context.df.callActivity('work', {});
      });
    });
    const first = new DurableEngine({ app, store, clock });
    first.client.start({ name: 'worker', instanceId: 'w', input: null });
    await first.run(first.ready()[0] as never);
    const late = first.run(first.ready()[0] as never);
    await new Promise((resolve) => setImmediate(resolve));
    first.fence();

    const second = new DurableEngine({ app, store, clock });
    await drain(second, clock);
    gate.open();
    await late;
    expect(store.state.instances.get('w')).toMatchObject({ status: 'Completed', output: '{"runs":2}' });
    expect(store.state.messages.size).toBe(0);
  });
});

describe('a fenced engine', () => {
  it('changes nothing more and takes no calls', async () => {
    const store = new MemoryHubStore();
    const clock = new VirtualClock(START_MS);
    const engine = new DurableEngine({ app: await workflowApp({ attempts: 0 }), store, clock });
    engine.client.start({ name: 'parent', instanceId: 'wf', input: null });
    const item = engine.ready()[0];
    const run = engine.run(item as never);
    engine.fence();
    await run;
    expect(store.state.instances.get('wf')).toMatchObject({ status: 'Pending' });
    expect(engine.ready()).toEqual([]);
    expect(() => engine.client.terminate('wf', null)).toThrow(
      expect.objectContaining({ code: 'durable.fenced' }),
    );
  });
});

describe('a hub file that cannot be used is refused with a reason', () => {
  const unusable = expect.objectContaining({ code: 'durable.store-unusable' });

  it('when another engine has it open', () => {
    const path = join(folder, 'hub.db');
    const first = SqliteHubStore.open(path);
    expect(() => SqliteHubStore.open(path)).toThrow(unusable);
    first.close();
    SqliteHubStore.open(path).close();
  });

  it('when it is damaged', () => {
    const path = join(folder, 'hub.db');
    writeFileSync(path, 'This is no database, whatever its name says. '.repeat(100));
    expect(() => SqliteHubStore.open(path)).toThrow(unusable);
  });

  it('when it is of another format version', () => {
    const path = join(folder, 'hub.db');
    SqliteHubStore.open(path).close();
    const database = new DatabaseSync(path);
    database.exec('UPDATE hub SET format_version = 9');
    database.close();
    expect(() => SqliteHubStore.open(path)).toThrow(/format version is 9, expected 1/);
  });
});
