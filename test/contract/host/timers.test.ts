import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, type Timer } from '@azure/functions';
import { afterEach, describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../src/local/host/schedule.ts';
import { fileTimerStore, memoryTimerStore } from '../../../src/local/host/timer-store.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import {
  nextTurn,
  startTestHost,
  type TestHost,
  type TestHostOptions,
} from '../../support/host/start-host.ts';

const at = (text: string): number => Date.parse(`2026-11-21T${text}Z`);
const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop();
});

type TimerApp = { host: TestHost; fired: { at: number; payload: Timer }[] };

async function minuteTimer(
  options: TestHostOptions & { clock: VirtualClock },
  more: { schedule?: string; runOnStartup?: boolean; handler?: () => unknown } = {},
): Promise<TimerApp> {
  const fired: TimerApp['fired'] = [];
  const host = await startTestHost(() => {
    app.timer('minute', {
      schedule: more.schedule ?? '0 * * * * *',
      ...(more.runOnStartup === undefined ? {} : { runOnStartup: more.runOnStartup }),
      handler: async (payload) => {
        fired.push({ at: options.clock.now(), payload });
        await more.handler?.();
      },
    });
  }, options);
  hosts.push(host);
  return { host, fired };
}

const runDue = async ({ host }: TimerApp): Promise<void> => {
  for (const { functionName } of host.host.timers.due()) await host.host.timers.run(functionName);
};

describe('a timer', () => {
  it('waits for its time, is listed when due, and is run by whoever steps the host', async () => {
    const clock = new VirtualClock(at('10:00:10'));
    const timer = await minuteTimer({ clock });
    expect(timer.host.host.timers.nextAt()).toBe(at('10:01:00'));
    expect(timer.host.host.timers.due()).toEqual([]);
    await timer.host.host.timers.run('minute');
    expect(timer.fired).toEqual([]);
    clock.advanceTo(at('10:01:00'));
    expect(timer.host.host.timers.due()).toEqual([
      { functionName: 'minute', dueAt: at('10:01:00'), isPastDue: false },
    ]);
    await runDue(timer);
    expect(timer.fired).toHaveLength(1);
    expect(timer.host.host.timers.nextAt()).toBe(at('10:02:00'));
  });

  it('counts its minutes from the phase that it is given', async () => {
    const clock = new VirtualClock(at('10:00:10'));
    const timer = await minuteTimer({ clock, timerPhaseMs: 10_000 });
    expect(timer.host.host.timers.nextAt()).toBe(at('10:01:10'));
  });

  it('fires by itself once it runs freely, and skips what passes while it runs', async () => {
    const clock = new VirtualClock(at('10:00:10'));
    const gates: (() => void)[] = [];
    const timer = await minuteTimer(
      { clock },
      { handler: () => new Promise<void>((done) => gates.push(done)) },
    );
    timer.host.host.timers.runFreely();
    clock.advanceTo(at('10:01:00'));
    await nextTurn();
    clock.advanceTo(at('10:03:30'));
    await nextTurn();
    expect(gates).toHaveLength(1);
    gates[0]?.();
    await nextTurn();
    clock.advanceTo(at('10:04:00'));
    await nextTurn();
    gates[1]?.();
    await nextTurn();
    expect(timer.fired.map((each) => each.at)).toEqual([at('10:01:00'), at('10:04:00')]);
  });

  it('that missed its time while the host was down is past due at the next start, once', async () => {
    const timerStore = memoryTimerStore();
    const clock = new VirtualClock(at('10:00:10'));
    const first = await minuteTimer({ clock, timerStore });
    clock.advanceTo(at('10:01:00'));
    await runDue(first);
    await first.host.stop();
    clock.advanceTo(at('10:30:30'));
    const second = await minuteTimer({ clock, timerStore });
    await runDue(second);
    await runDue(second);
    expect(second.fired.map(({ payload }) => payload)).toMatchObject([
      {
        isPastDue: true,
        scheduleStatus: { last: '2026-11-21T10:01:00+00:00', next: '2026-11-21T10:02:00+00:00' },
      },
    ]);
    expect(second.host.host.timers.nextAt()).toBe(at('10:31:00'));
  });

  it('whose schedule changed is not past due by the old one', async () => {
    const timerStore = memoryTimerStore();
    const clock = new VirtualClock(at('10:00:10'));
    await minuteTimer({ clock, timerStore });
    clock.advanceTo(at('10:30:00'));
    const hourly = await minuteTimer({ clock, timerStore }, { schedule: '0 0 * * * *' });
    expect(hourly.host.host.timers.due()).toEqual([]);
    expect(hourly.host.host.timers.nextAt()).toBe(at('11:00:00'));
  });

  it('with runOnStartup runs at once, not past due', async () => {
    const clock = new VirtualClock(at('10:00:10'));
    const timer = await minuteTimer({ clock }, { runOnStartup: true });
    await runDue(timer);
    expect(timer.fired).toMatchObject([{ at: at('10:00:10'), payload: { isPastDue: false } }]);
  });

  it('that fails goes on with the next occurrence', async () => {
    const clock = new VirtualClock(at('10:00:10'));
    const timer = await minuteTimer({ clock }, { handler: () => Promise.reject(new Error('no')) });
    clock.advanceTo(at('10:01:00'));
    await runDue(timer);
    clock.advanceTo(at('10:02:00'));
    await runDue(timer);
    expect(timer.fired).toHaveLength(2);
    expect(timer.host.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

const next = (text: string, from: string): string | undefined => {
  const schedule = parseSchedule(text);
  return schedule && new Date(schedule.next(at(from))).toISOString();
};

describe('a schedule', () => {
  it.each([
    ['0 */5 * * * *', '10:02:00', '2026-11-21T10:05:00.000Z'],
    ['*/5 * * * *', '10:02:00', '2026-11-21T10:05:00.000Z'],
    ['30 0 3 * * mon-fri', '10:02:00', '2026-11-23T03:00:30.000Z'],
    ['0 0 0 1 jan *', '10:02:00', '2027-01-01T00:00:00.000Z'],
    ['01:30:00', '10:02:00', '2026-11-21T11:32:00.000Z'],
    ['1.00:00:00', '10:02:00', '2026-11-22T10:02:00.000Z'],
    // The 13th AND a Friday, not either.
    ['0 0 0 13 * 5', '10:02:00', '2027-08-13T00:00:00.000Z'],
  ])('%s after %s is %s', (text, from, expected) => {
    expect(next(text, from)).toBe(expected);
  });

  it.each([
    '',
    'not a cron',
    '* * * *',
    '* * * * * * *',
    '0 0 0 L * *',
    '@daily',
    '0 99 * * * *',
    '00:00:00',
    '0 0 0 ? * *',
  ])('%j is not recognised', (text) => {
    expect(parseSchedule(text)).toBeUndefined();
  });
});

const inFolder = (use: (file: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), 'timers-'));
  try {
    use(join(folder, 'deep', 'timers.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('the file of timer statuses', () => {
  it('survives a restart', () =>
    inFolder((file) => {
      fileTimerStore(file).save('minute', { last: null, next: 5, lastUpdated: 3 });
      expect(fileTimerStore(file).load('minute')).toEqual({ last: null, next: 5, lastUpdated: 3 });
    }));

  it('that is damaged is refused by name and left as it is', () =>
    inFolder((file) => {
      fileTimerStore(file).save('minute', { last: null, next: 5, lastUpdated: 3 });
      writeFileSync(file, '{"formatVersion": 2}');
      expect(() => fileTimerStore(file)).toThrow(
        expect.objectContaining({ code: 'host.timer-file', field: file }),
      );
      expect(readFileSync(file, 'utf8')).toBe('{"formatVersion": 2}');
    }));
});
