import { describe, expect, it } from 'vitest';
import type { RequestsPolicy } from '../../../src/core/policy/types.ts';
import { cronFault } from '../../../src/core/provision/cron-fault.ts';
import { settingRefusals } from '../../../src/core/provision/setting-refusals.ts';
import { windowsZoneName, windowsZoneFault } from '../../../src/core/provision/windows-zone-name.ts';

const minute = 60_000;
const rules = (
  more: Partial<RequestsPolicy['idleShutdown']>,
  schedules: RequestsPolicy['schedules'] = 'allow',
) => ({
  idleShutdown: { atLeastMs: null, atMostMs: null, required: false, ...more },
  schedules,
});
const start = { action: 'Start', cron: '0 8 * * 1-5', timeZone: 'UTC' } as const;
const stop = { ...start, action: 'Stop' } as const;
const codes = (wish: Parameters<typeof settingRefusals>[0], policy: RequestsPolicy) =>
  settingRefusals(wish, policy).map(({ code }) => code);

describe('the settings of a request', () => {
  it.each([
    [null, {}, true],
    [15, {}, true],
    [60, { atLeastMs: 60 * minute, atMostMs: 120 * minute }, true],
    [120, { atLeastMs: 60 * minute, atMostMs: 120 * minute }, true],
    [59, { atLeastMs: 60 * minute }, false],
    [121, { atMostMs: 120 * minute }, false],
    [null, { atMostMs: 120 * minute }, true],
    [null, { required: true }, false],
    [600, { required: true }, true],
  ] as const)('with an idle shutdown of %s min under %o pass: %s', (idleShutdownMinutes, bounds, passes) => {
    const found = codes({ idleShutdownMinutes, schedules: [] }, rules(bounds));
    expect(found).toEqual(passes ? [] : ['refuse.idle-shutdown']);
  });

  it.each([
    [[start, stop], 'allow', true],
    [[stop], 'stopOnly', true],
    [[start, stop], 'stopOnly', false],
    [[stop], 'deny', false],
    [[], 'deny', true],
  ] as const)('with schedules %j where they are %s pass: %s', (schedules, allowed, passes) => {
    const found = codes({ idleShutdownMinutes: null, schedules }, rules({}, allowed));
    expect(found).toEqual(passes ? [] : ['refuse.schedules']);
  });
});

describe('five cron fields', () => {
  it.each(['0 19 * * 1-5', '*/15 8-18 * * Mon-Fri', '0,30 7 1 Jan,jul *', '59 23 31 12 6', '5/10 * * * *'])(
    'may be %s',
    (text) => {
      expect(cronFault(text)).toBeNull();
    },
  );
  it.each([
    ['', 'five'],
    ['0 19 * *', 'five'],
    ['0 0 19 * * *', 'five'],
    ['60 19 * * *', 'minute "60" is not within 0–59'],
    ['0 24 * * *', 'hour'],
    ['0 0 0 * *', 'day of the month'],
    ['0 0 * 13 *', 'month'],
    ['0 0 * * 7', 'day of the week'],
    ['0 0 * * monday', 'day of the week'],
    ['*/0 * * * *', 'step'],
    ['0 20-10 * * *', 'ends before it begins'],
    ['1-2-3 * * * *', 'minute'],
    ['-1 * * * *', 'minute'],
    ['0 19 * * ,', 'day of the week'],
    [`0 19 * * ${'1,'.repeat(2000)}`, 'day of the week'],
  ])('may not be %s', (text, why) => {
    expect(cronFault(text)).toContain(why);
  });
});

describe('a Windows time zone', () => {
  it('is known in any casing, and the nearest is named where it is not', () => {
    expect(windowsZoneName('w. europe standard time')).toBe('W. Europe Standard Time');
    expect(windowsZoneName('UTC')).toBe('UTC');
    expect(windowsZoneName('Europe/Berlin')).toBeNull();
    expect(windowsZoneFault('W Europe Standard Time')).toContain('did you mean "W. Europe Standard Time"?');
  });
});
