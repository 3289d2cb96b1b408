import { describe, expect, it } from 'vitest';
import { isOver, nextLives, told } from '../../../src/core/findings/life.ts';
import type { Finding, FindingLook, FindingRecord } from '../../../src/core/findings/types.ts';
import { holding } from '../../support/quota-facts.ts';

const { ref } = holding('ada', 'ci-ada', 4);
const about = { kind: 'compute', ref } as const;
const finding: Finding = {
  code: 'network.ssh',
  about,
  owner: null,
  sentence: 'SSH is on.',
  fix: 'Make a new one.',
  usdPerMonth: null,
  remedy: null,
};
const look = (more: Partial<FindingLook> = {}): FindingLook => ({
  about,
  covers: ['network.ssh', 'disk.low'],
  broken: [finding],
  unknown: [],
  ...more,
});
const gone = look({ broken: [] });

/** Plays looks one after the other; says what was told at each, and what is open after the last. */
function play(
  looks: readonly FindingLook[],
  options: {
    readonly delivered?: (at: number) => boolean;
    readonly accept?: { readonly at: number; readonly until: number };
  } = {},
): { readonly tellings: readonly (string | null)[]; readonly open: readonly FindingRecord[] } {
  let open: readonly FindingRecord[] = [];
  const tellings: (string | null)[] = [];
  for (const [now, one] of looks.entries()) {
    if (options.accept?.at === now) {
      const accepted = { until: options.accept.until, by: 'root', why: null, at: now };
      open = open.map((record) => ({ ...record, accepted }));
    }
    const steps = nextLives(one, open, now);
    tellings.push(steps[0]?.tell ?? null);
    const touched = new Set(steps.map(({ record }) => record.code));
    open = [
      ...open.filter((record) => !touched.has(record.code)),
      ...steps.flatMap((step) => {
        const record = told(step, options.delivered?.(now) ?? true, now);
        return isOver(record, step.tell) ? [] : [record];
      }),
    ];
  }
  return { tellings, open };
}

describe('a finding', () => {
  it('is told once while it holds, and once when it is fixed', () => {
    const { tellings, open } = play([look(), look(), look(), gone, gone]);
    expect(tellings).toEqual(['raised', null, null, 'fixed', null]);
    expect(open).toEqual([]);
  });

  it('is new when it comes back', () => {
    const first = play([look()]).open[0];
    const { tellings, open } = play([look(), gone, look()]);
    expect(tellings).toEqual(['raised', 'fixed', 'raised']);
    expect(open).toHaveLength(1);
    expect(open[0]?.findingId).not.toBe(first?.findingId);
    expect(open[0]?.raisedAt).toBe(2);
  });

  it('is silent while it is accepted, and told again when the date has passed and it still holds', () => {
    const { tellings, open } = play([look(), look(), look(), look(), look(), look()], {
      accept: { at: 1, until: 4 },
    });
    expect(tellings).toEqual(['raised', null, null, null, 'again', null]);
    expect(open[0]?.tellings).toBe(2);
  });

  it('ends silently where it was accepted', () => {
    expect(play([look(), look(), gone], { accept: { at: 1, until: 9 } })).toEqual({
      tellings: ['raised', null, null],
      open: [],
    });
  });

  it('is told later where nobody could be told', () => {
    const { tellings, open } = play([look(), look(), look(), gone, gone], {
      delivered: (at) => at === 2 || at > 3,
    });
    expect(tellings).toEqual(['raised', 'raised', 'raised', 'fixed', 'fixed']);
    expect(open).toEqual([]);
  });

  it('stays as it is while nothing is known, and under looks at other things', () => {
    const blind = look({ broken: [], unknown: ['network.ssh'] });
    const other = look({ broken: [], covers: ['disk.low'] });
    const { tellings, open } = play([look(), blind, other, blind]);
    expect(tellings).toEqual(['raised', null, null, null]);
    expect(open[0]?.fixedAt).toBeNull();
  });

  it('is about one subject once, however often a look names it', () => {
    expect(nextLives(look({ broken: [finding, finding] }), [], 0)).toHaveLength(1);
  });
});
