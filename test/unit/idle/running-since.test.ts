import { expect, it } from 'vitest';
import { runningSince } from '../../../src/core/idle/running-since.ts';

const of = (name: string, status: string, at: number | null = 100) => ({
  lastOperation: { name, status, at, trigger: null },
});

it.each(['Create', 'Start', 'Restart', 'Reimage', 'start'])(
  'takes a %s that succeeded for the start',
  (name) => {
    expect(runningSince(of(name, 'Succeeded'), 50)).toBe(100);
  },
);

it('goes on from what it knew after a stop that failed', () => {
  expect(runningSince(of('Stop', 'StopFailed'), 50)).toBe(50);
  expect(runningSince(of('Stop', 'StopFailed'))).toBeNull();
  expect(runningSince(of('Stop', 'InProgress'), 50)).toBe(50);
});

it.each([
  ['a start that failed', of('Start', 'StartFailed')],
  ['a stop that succeeded, on a running machine', of('Stop', 'Succeeded')],
  ['an operation never seen', of('Resize', 'Succeeded')],
  ['a start without a time', of('Start', 'Succeeded', null)],
])('does not know the start after %s', (_, compute) => {
  expect(runningSince(compute, 50)).toBeNull();
});

it('knows only what was remembered where Azure says nothing', () => {
  expect(runningSince({ lastOperation: null })).toBeNull();
  expect(runningSince({ lastOperation: null }, 50)).toBe(50);
});
