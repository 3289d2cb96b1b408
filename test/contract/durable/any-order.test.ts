import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { MemoryHubStore } from '../../../src/local/durable/hub-store.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { workflowApp, WORKFLOW_END } from '../../support/durable/workflow-app.ts';

const START_MS = Date.UTC(2026, 10, 21, 9);

/** Numbers that decide everything a simulation may choose; used up one after another, then zeros. */
class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % limit;
  }
}

/** Lives on lives, until nothing is left to do: any order, early timers, late and double completions, deaths in the middle of an item. */
async function runByTape(tape: Tape): Promise<MemoryHubStore> {
  const store = new MemoryHubStore();
  const clock = new VirtualClock(START_MS);
  const slips = { attempts: 0 };
  const open = async () =>
    new DurableEngine({
      app: await workflowApp(slips),
      store,
      clock,
      choices: {
        timerVisibleAt: ({ fireAt, now }) => Math.max(now, fireAt - tape.below(1_000)),
        deliverTwice: () => tape.below(3) === 1,
        completionDelayMs: () => tape.below(4) * 700,
      },
    });
  let engine = await open();
  engine.client.start({ name: 'parent', instanceId: 'wf', input: 'null' });
  for (;;) {
    const items = engine.ready();
    const item = items[tape.below(items.length || 1)];
    if (item === undefined) {
      const nextAt = engine.nextTimerAt();
      if (nextAt === null) return store;
      clock.advanceTo(nextAt);
      continue;
    }
    const run = engine.run(item);
    const dies = tape.below(8) === 7;
    if (dies) engine.fence();
    await run;
    if (dies) engine = await open();
  }
}

describe('a workflow', () => {
  it('ends the same in any order, with early timers, late and double completions, and deaths in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5_000), { maxLength: 200 }), async (numbers) => {
        const { state } = await runByTape(new Tape(numbers));
        const rows = [...state.instances.values()].map(({ instanceId, status, output }) => [
          instanceId,
          status,
          output,
        ]);
        expect(rows).toEqual(WORKFLOW_END);
        expect(state.activities.size + state.messages.size).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
