import { beforeEach, describe, expect, it } from 'vitest';
import { DurableEngine } from '../../src/local/durable/durable-engine.ts';
import { MemoryHubStore } from '../../src/local/durable/hub-store.ts';
import { VirtualClock } from '../../src/local/virtual-clock.ts';
import { nowOf } from '../../src/workflows/time.ts';
import { type LostWaits, waitUntilOrWoken } from '../../src/workflows/wait-until.ts';
import { durableApp } from '../support/durable/durable-app.ts';
import { drain } from '../support/durable/drain.ts';

const minute = 60_000;
let clock: VirtualClock;
let engine: DurableEngine;
let store: MemoryHubStore;
/** How many wakes come while each turn of work is done. */
let wakesDuringWork: number[] = [];

const wake = (): unknown => engine.client.raiseEvent('one', 'wake', '{}');

beforeEach(async () => {
  wakesDuringWork = [];
  clock = new VirtualClock(Date.UTC(2026, 2, 2, 8));
  const app = await durableApp((df) => {
    df.app.activity('work', {
      handler: () => {
        for (let left = wakesDuringWork.shift() ?? 0; left > 0; left -= 1) wake();
        return {};
      },
    });
    df.app.orchestration('turns', function* (context) {
      const lost: LostWaits = new Set();
      const ends: string[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        ends.push(yield* waitUntilOrWoken(context, lost, nowOf(context) + 10 * minute));
        yield context.df.callActivity('work', {});
      }
      return ends;
    });
  });
  store = new MemoryHubStore();
  engine = new DurableEngine({ app, store, clock, checkDeterminism: true });
  engine.client.start({ name: 'turns', instanceId: 'one', input: null });
});

async function ends(): Promise<unknown> {
  await drain(engine, clock);
  return JSON.parse(store.state.instances.get('one')?.output ?? 'null');
}

describe('a workflow that waits for a time or a wake', () => {
  it('hears no wake when none came', async () => {
    expect(await ends()).toEqual(['due', 'due', 'due', 'due']);
  });

  it('hears one that came while it worked, before any wait of it was lost', async () => {
    engine.client.raiseEvent('one', 'wake', '{}');
    wakesDuringWork = [1];
    expect(await ends()).toEqual(['woken', 'woken', 'due', 'due']);
  });

  it('hears one that came while it worked, though the event went to a wait that had lost', async () => {
    wakesDuringWork = [1];
    expect(await ends()).toEqual(['due', 'woken', 'due', 'due']);
  });

  it('hears several that came at once, at least once', async () => {
    wakesDuringWork = [0, 2, 0];
    expect(await ends()).toEqual(['due', 'due', 'woken', 'due']);
  });
});
