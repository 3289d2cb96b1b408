import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quota } from '../../../src/core/policy/types.ts';
import { exceededBudgetOf, stopBudgets } from '../../../src/core/quota/stop-budgets.ts';
import type { Spent } from '../../../src/core/quota/types.ts';
import { type MachineFacts, memberOf } from '../../support/quota-facts.ts';

const quota = (changes: Partial<Quota>): Quota => ({
  per: 'user',
  match: {},
  cores: null,
  instances: null,
  gpus: null,
  moneyPerMonth: 100,
  enforcement: 'hard',
  onExceeded: 'stop',
  ...changes,
});
const spent = (user: string, usd: number, facts: MachineFacts = {}, unpricedHours = 0): Spent => ({
  ...memberOf(user, `ci-${user}`, facts),
  usd,
  unpricedHours,
});
const exceeded = (quotas: readonly Quota[], all: readonly Spent[], user: string, facts: MachineFacts = {}) =>
  exceededBudgetOf(stopBudgets(quotas, all), memberOf(user, `ci-${user}`, facts));

describe('a budget that stops', () => {
  it('is used up from its limit on, for the group that has used it up alone', () => {
    const all = [spent('ada', 100), spent('bob', 99.99)];
    expect(exceeded([quota({})], all, 'ada')).toEqual({ of: 'ada', spentUsd: 100, limitUsd: 100 });
    expect(exceeded([quota({})], all, 'bob')).toBeNull();
  });

  it('counts somebody in two teams in both, and speaks for everybody in the team', () => {
    const all = [spent('ada', 60, { teams: ['vision', 'nlp'] }), spent('bob', 50, { teams: ['vision'] })];
    const perTeam = [quota({ per: 'team' })];
    expect(exceeded(perTeam, all, 'bob', { teams: ['vision'] })?.of).toBe('Team vision');
    expect(exceeded(perTeam, all, 'ada', { teams: ['nlp', 'vision'] })?.of).toBe('Team vision');
    expect(exceeded(perTeam, all, 'cleo', { teams: ['nlp'] })).toBeNull();
    expect(exceeded(perTeam, all, 'dora', { teams: null })).toBeNull();
  });

  it('stops nothing for what only blocks or reports', () => {
    for (const onExceeded of ['block', 'report'] as const) {
      expect(exceeded([quota({ onExceeded })], [spent('ada', 500)], 'ada')).toBeNull();
    }
  });

  it('asks whether the instance counts: one it may count is stopped by no budget', () => {
    const tagged = [quota({ per: 'all', match: { tag: { stage: ['dev'] } } })];
    const all = [spent('ada', 500, { tags: { stage: 'dev' } })];
    expect(exceeded(tagged, all, 'bob', { tags: { stage: 'dev' } })).not.toBeNull();
    expect(exceeded(tagged, all, 'bob', { tags: { stage: 'prod' } })).toBeNull();
  });

  it('is never used up by hours whose price is not known', () => {
    assert(
      property(double({ min: 0, max: 99, noNaN: true }), integer({ min: 0, max: 5000 }), (usd, hours) => {
        expect(exceeded([quota({})], [spent('ada', usd, {}, hours)], 'ada')).toBeNull();
      }),
    );
  });
});
