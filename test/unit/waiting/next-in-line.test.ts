import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InLine, nextInLine, overtakenAtMost } from '../../../src/core/waiting/next-in-line.ts';

const one = (placeId: string, more: Partial<InLine> = {}): InLine => ({
  placeId,
  fits: false,
  waitsFor: ['all'],
  countsIn: ['all'],
  overtaken: 0,
  ...more,
});

describe('the waiting list', () => {
  it.each([
    ['nobody while nobody fits', [one('a'), one('b')], null, []],
    ['the first that fits', [one('a', { fits: true }), one('b', { fits: true })], 'a', []],
    ['who fits past one who does not yet', [one('a'), one('b', { fits: true })], 'b', ['a']],
    [
      'who waits for another limit, which passes nobody',
      [one('a'), one('b', { fits: true, countsIn: ['other'] })],
      'b',
      [],
    ],
    [
      'nobody past one who was passed often enough',
      [one('a', { overtaken: overtakenAtMost }), one('b', { fits: true })],
      null,
      [],
    ],
    [
      'others, while room of one limit fills up for who was passed',
      [
        one('a', { overtaken: overtakenAtMost }),
        one('b', { fits: true }),
        one('c', { fits: true, countsIn: ['other'] }),
      ],
      'c',
      [],
    ],
  ] as const)('serves %s', (_, line, next, passed) => {
    expect(nextInLine(line)).toEqual({ next, passed });
  });

  it('serves whom it serves in turn, and passes nobody more often than it says', () => {
    const size = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 30 }),
        fc.array(size, { maxLength: 60 }),
        (wants, frees) => {
          let free = 0;
          let line = wants.map((cores, index) => ({ ...one(String(index)), cores }));
          const served: number[] = [];
          for (const more of frees) {
            free += more;
            for (;;) {
              const seen = line.map((place) => ({ ...place, fits: place.cores <= free }));
              const { next, passed } = nextInLine(seen);
              if (next === null) break;
              const chosen = line.find(({ placeId }) => placeId === next);
              free -= chosen?.cores ?? 0;
              expect(free).toBeGreaterThanOrEqual(0);
              served.push(Number(next));
              line = line
                .filter((place) => place !== chosen)
                .map((place) =>
                  passed.includes(place.placeId) ? { ...place, overtaken: place.overtaken + 1 } : place,
                );
            }
          }
          expect(new Set(served).size).toBe(served.length);
          for (const [at, who] of served.entries()) {
            const later = served.slice(0, at).filter((other) => other > who);
            expect(later.length).toBeLessThanOrEqual(overtakenAtMost);
          }
          expect(Math.max(0, ...line.map(({ overtaken }) => overtaken))).toBeLessThanOrEqual(overtakenAtMost);
        },
      ),
    );
  });
});
