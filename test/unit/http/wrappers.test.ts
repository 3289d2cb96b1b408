import type { EventGridEvent } from '@azure/functions';
import { InvocationContext } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { LamplighterError } from '../../../src/core/errors.ts';
import { wrapBackground } from '../../../src/triggers/wrap-background.ts';
import { wrapEventGrid } from '../../../src/triggers/wrap-event-grid.ts';

function quietContext() {
  const logged: string[] = [];
  const context = new InvocationContext({
    functionName: 'tick',
    logHandler: (_level, ...words) => void logged.push(words.join(' ')),
  });
  return { context, logged };
}

const failing = (what: unknown) => () => {
  throw what;
};

const retryable = new LamplighterError('Storage does not answer.', {
  code: 'ledger.unavailable',
  fault: 'azure',
  retryable: true,
  fix: 'Wait.',
});
const event = { id: 'event-1' } as EventGridEvent;

describe('a timer or activity', () => {
  it.each([undefined, null, '', 'text', {}, new Error('')])(
    'that throws %s fails with an error that has a message',
    async (what) => {
      const { context, logged } = quietContext();
      const outcome = await wrapBackground(failing(what))({}, context).catch((error: unknown) => error);

      expect(outcome).toBeInstanceOf(Error);
      expect((outcome as Error).message).not.toBe('');
      expect(logged).toHaveLength(1);
    },
  );

  it('that throws an error fails with that error, its code in the log', async () => {
    const { context, logged } = quietContext();

    await expect(wrapBackground(failing(retryable))({}, context)).rejects.toBe(retryable);
    expect(logged[0]).toContain('ledger.unavailable');
  });

  it('that works returns what it returns', async () => {
    const { context } = quietContext();

    expect(await wrapBackground((input: { n: number }) => input.n + 1)({ n: 1 }, context)).toBe(2);
  });
});

describe('an event', () => {
  it('that may succeed next time fails, so that it comes again', async () => {
    const recorded: string[] = [];
    const handle = wrapEventGrid(failing(retryable), async (_event, why) => void recorded.push(why));

    await expect(handle(event, quietContext().context)).rejects.toBe(retryable);
    expect(recorded).toEqual([]);
  });

  it.each([new Error('no such topic'), undefined, null])(
    'that can never succeed (%s) is recorded and answered with success, so that its batch does not come again',
    async (what) => {
      const recorded: string[] = [];
      await wrapEventGrid(failing(what), async (_event, why) => void recorded.push(why))(
        event,
        quietContext().context,
      );

      expect(recorded).toHaveLength(1);
    },
  );

  it('that can never succeed and cannot be recorded either comes again', async () => {
    const handle = wrapEventGrid(failing(new Error('bad')), () => Promise.reject(retryable));

    await expect(handle(event, quietContext().context)).rejects.toBe(retryable);
  });
});
