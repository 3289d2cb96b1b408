import { describe, expect, it } from 'vitest';
import { durationText } from '../../../src/core/explain/duration-text.ts';
import {
  blastLimitNotice,
  blindSpotQuestion,
  coverageLossNotice,
  regretNotice,
  stopFailedNotice,
  stoppedNotice,
  undeliveredNotice,
  withdrawalNotice,
} from '../../../src/core/explain/notices.ts';
import { plainText } from '../../../src/core/explain/plain-text.ts';
import { timeText } from '../../../src/core/explain/time-text.ts';
import { held } from '../../../src/core/idle/decide.ts';
import {
  day,
  decisionOf,
  idleWarning,
  minute,
  now,
  series,
  verdictOf,
} from '../../support/instance-under-judgement.ts';

const blind = decisionOf({ activity: verdictOf({ metrics: { ok: true, value: [] } }) });
const stop = decisionOf({ openWarnings: [idleWarning()] });

describe('a notice', () => {
  it('of a withdrawal says what was seen', () => {
    const used = decisionOf({
      activity: verdictOf({ metrics: { ok: true, value: [series('cpuPercent', 60)] } }),
    });
    expect(withdrawalNotice(used, 'keep.active.cpu')).toEqual({
      title: 'ci-ada is not stopped',
      sentence:
        'The warning about ci-ada is withdrawn: CPU use reaches 60 % (idle is below 5 %), last activity at 12:00 UTC.',
    });
    expect(withdrawalNotice(used, 'another-rule').sentence).toBe(
      'The warning about ci-ada is withdrawn: the rule that it came from no longer holds.',
    );
  });

  it('of a stop says what is lost and kept and what still costs', () => {
    expect(stoppedNotice(stop, { stoppedAt: now + 2 * minute })).toEqual({
      title: 'ci-ada is stopped',
      sentence:
        'ci-ada is stopped since 12:07 UTC: files on the workspace share and packages installed on the OS disk are still there, memory, processes and terminals are gone, its quota stays used, disk, public IP and load balancer still cost, and it can be started again at any time.',
    });
  });

  it("of a failed stop carries Azure's own words, on one line", () => {
    expect(stopFailedNotice(stop, 4, 'Disk is full.\r\nFree some space.')).toEqual({
      title: 'ci-ada cannot be stopped',
      sentence:
        'ci-ada is still running and still costs after 4 tries to stop it, and needs a person; Azure says: Disk is full. Free some space.',
    });
    expect(stopFailedNotice(stop, 1, '').sentence).toMatch(/after 1 try to stop it.*Azure says: nothing$/);
  });

  it('of the blast limit names some of those held', () => {
    const braked = held(decisionOf(), 'keep.blast-limit', { count: 7, limit: 5 });
    expect(
      blastLimitNotice(
        Array.from({ length: 7 }, () => braked),
        5,
      ),
    ).toEqual({
      title: '7 instances wait for your release',
      sentence:
        '7 instances (ci-ada, ci-ada, ci-ada, ci-ada, ci-ada and 2 more) would be warned or stopped at once, more than the limit of 5, so nothing is done to any of them until you release the batch; ci-ada: its owner would be warned now, as it is idle for 60 min (limit 60 min).',
    });
  });

  it('of lost coverage gives both shares', () => {
    const loss = { before: { asked: 20, decidable: 18 }, now: { asked: 21, decidable: 2 } };
    expect(coverageLossNotice(loss).sentence).toBe(
      'The activity of 2 of 21 running instances can be told now, and of 18 of 20 at the sweep before, so look at metrics, their permissions and the session agents; nothing is stopped by idleness while its activity is unknown.',
    );
  });

  it('of regret says what the workspace does from now on', () => {
    expect(regretNotice('ws1', { stops: 40, regrets: 1, percent: 2.5 }, 2)).toEqual({
      title: 'ws1 falls back to mode warn',
      sentence:
        'In ws1 1 of 40 stops of the last 30 days were taken back (2.5 %, limit 2 %), so the workspace falls back to mode warn: owners are still warned, and nothing is stopped.',
    });
  });

  it('about a blind spot asks its owner', () => {
    expect(blindSpotQuestion(blind, day, '0.29 USD')).toEqual({
      title: 'Is ci-ada still used?',
      sentence:
        'ci-ada runs at 0.29 USD an hour, and for 24 h nobody can tell whether it is used, since there is no CPU sample at all in 60 min: is it still used, or may it be stopped?',
    });
    expect(blindSpotQuestion(blind, day, null).sentence).toMatch(/^ci-ada runs, and for 24 h/);
  });

  it('of an undelivered warning says that nothing is stopped', () => {
    expect(undeliveredNotice(decisionOf(), 3, '410 Gone').sentence).toBe(
      'The owner of ci-ada cannot be warned after 3 tries (410 Gone), so it is not stopped and goes on costing.',
    );
  });
});

describe('in every text', () => {
  it.each([
    [-1, 'less than a minute'],
    [59_999, 'less than a minute'],
    [minute, '1 min'],
    [95 * minute, '95 min'],
    [120 * minute, '2 h'],
    [250 * minute, '4 h 10 min'],
    [48 * 60 * minute, '2 d'],
    [50 * 60 * minute, '2 d 2 h'],
    [Number.NaN, 'less than a minute'],
  ])('%d ms are said as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('a time has a date unless it is today', () => {
    const at = Date.UTC(2026, 2, 2, 23, 30);
    expect(timeText(at, now)).toBe('23:30 UTC');
    expect(timeText(at, now, 'Europe/Berlin')).toBe('2026-03-03 00:30 Europe/Berlin');
    expect(timeText(at)).toBe('2026-03-02 23:30 UTC');
    expect(timeText(Number.NaN)).toBe('a time that is not known');
    expect(timeText(1e18)).toBe('a time that is not known');
  });

  it('words from outside are one line of bounded length', () => {
    expect(plainText(' a\u0000b\n\tc\u202Ed\u2028e ')).toBe('a b c d e');
    expect(plainText('x'.repeat(500))).toHaveLength(160);
  });
});
