import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObjectId } from '../../../src/core/ids.ts';
import { refusalCodes } from '../../../src/core/policy/codes.ts';
import type { PolicySubject } from '../../../src/core/policy/subject.ts';
import type { ApprovalRule } from '../../../src/core/policy/types.ts';
import { approvalNeed } from '../../../src/core/provision/approval-need.ts';
import { failureOf, nextTryAt } from '../../../src/core/provision/creation-failure.ts';
import { generatedName, instanceNameFault } from '../../../src/core/provision/instance-name.ts';
import { carriesRequest } from '../../../src/core/provision/machine.ts';
import { inOrder } from '../../../src/core/provision/refusal.ts';
import { undosOf, withStep } from '../../../src/core/provision/steps.ts';
import { outcomeOf, type Vote, voteVerdict } from '../../../src/core/provision/votes.ts';

const hour = 3_600_000;
const person = (digit: string) => ({
  objectId: parseObjectId(`${digit.repeat(8)}-0000-4000-8000-000000000000`),
  name: null,
});
const voted = (digit: string, vote: Vote['vote']): Vote => ({
  by: person(digit),
  at: 0,
  vote,
  comment: null,
});

const rule = (more: Partial<ApprovalRule>): ApprovalRule => ({
  match: {},
  when: null,
  above: null,
  approvers: 1,
  remindAfterMs: 4 * hour,
  expiresAfterMs: 24 * hour,
  ...more,
});
const above = (pricePerHour: number | null, cores: number | null = null) => [
  rule({ above: { pricePerHour, cores, gpus: null } }),
];

describe('the name of an instance', () => {
  it.each(['abc', 'a-b', 'ci-ada', 'gpu-0a', 'A23', 'x'.repeat(24)])('may be %s', (name) => {
    expect(instanceNameFault(name)).toBeNull();
  });

  it.each([
    '',
    'ab',
    'x'.repeat(25),
    '0abc',
    '-abc',
    'gpu-0',
    'abc-',
    'a..b',
    '..',
    'a b',
    'аbc',
    'a_b',
    'abc\n',
  ])('may not be %j, and the fault says why', (name) => {
    expect(instanceNameFault(name)).toMatch(/cannot be the name/);
  });

  it('that Lamplighter gives is one, whoever it is for, and the same each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.option(fc.string({ unit: 'binary' })), (id, who) => {
        const name = generatedName(id, who);
        expect(instanceNameFault(name)).toBeNull();
        expect(generatedName(id, who)).toBe(name);
      }),
    );
    expect(generatedName('r1', 'Ada Lovelace')).not.toBe(generatedName('r2', 'Ada Lovelace'));
  });
});

describe('refusals', () => {
  it('are told in the contract’s order, whatever the order in which they were found', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...refusalCodes]), (codes) => {
        const ordered = inOrder(codes.map((code) => ({ code, field: '', detail: '', fix: '' })));
        expect(ordered.map(({ code }) => code)).toEqual(refusalCodes.filter((code) => codes.includes(code)));
      }),
    );
  });
});

describe('approval', () => {
  const subject: PolicySubject = {
    subscription: 's',
    workspace: 'ws1',
    compute: 'ci-x',
    kind: 'ComputeInstance',
    user: ['ada'],
    teams: null,
    vmSize: 'Standard_NC6s_v3',
    family: 'standardNCSv3Family',
    gpu: true,
    tags: {},
  };
  const weight = { pricePerHourUsd: 3, cores: 6, gpus: 1, occasions: [] };

  it('is decided by the first rule that applies', () => {
    const rules = [rule({ match: { gpu: false } }), rule({ approvers: 2 }), rule({ approvers: 1 })];
    expect(approvalNeed(rules, subject, weight, [])?.approvers).toBe(2);
    expect(approvalNeed([], subject, weight, [])).toBeNull();
    expect(approvalNeed([], subject, weight, ['it asks for SSH'])).toMatchObject({
      approvers: 1,
      expiresAfterMs: 24 * hour,
    });
  });

  it('is needed above any of the numbers, not at them; a price that is not known is above all', () => {
    expect(approvalNeed(above(3), subject, weight, [])).toBeNull();
    expect(approvalNeed(above(2.99), subject, weight, [])).not.toBeNull();
    expect(approvalNeed(above(100, 5), subject, weight, [])).not.toBeNull();
    expect(approvalNeed(above(100), subject, { ...weight, pricePerHourUsd: null }, [])).not.toBeNull();
  });

  it('is needed on the occasions that a rule names, if any of them holds', () => {
    const onFirst = [rule({ when: ['firstRequest', 'isolated'] })];
    expect(approvalNeed(onFirst, subject, weight, [])).toBeNull();
    expect(approvalNeed(onFirst, subject, { ...weight, occasions: ['askedOfAzure'] }, [])).toBeNull();
    expect(approvalNeed(onFirst, subject, { ...weight, occasions: ['firstRequest'] }, [])?.because).toEqual([
      expect.any(String),
      'it is the first machine of its user',
    ]);
  });

  it('is needed where it is not known whether the rule applies', () => {
    expect(approvalNeed([rule({ match: { team: ['vision'] } })], subject, weight, [])).not.toBeNull();
  });

  it('never counts who asked, whom it is for, who may not, and nobody twice', () => {
    const request = { requestedBy: person('a'), forPerson: person('b'), votes: [voted('c', 'approve')] };
    const verdict = (digit: string, mayApprove = true) =>
      voteVerdict(request, { objectId: person(digit).objectId, mayApprove });
    expect([verdict('a'), verdict('b'), verdict('c'), verdict('d', false), verdict('d')]).toEqual([
      'own-request',
      'own-request',
      'voted-before',
      'no-role',
      'ok',
    ]);
    expect(outcomeOf([voted('c', 'approve'), voted('c', 'approve')], 2)).toBe('open');
    expect(outcomeOf([voted('c', 'approve'), voted('d', 'approve')], 2)).toBe('approved');
    expect(outcomeOf([voted('c', 'approve'), voted('d', 'reject')], 1)).toBe('rejected');
  });
});

describe('a creation that fails', () => {
  it.each([
    ['AllocationFailed: There is no capacity', 'fail.capacity'],
    ['SkuNotAvailable: not here', 'fail.capacity'],
    ['QuotaExceeded: 6 vCPUs are asked for', 'fail.azure-quota'],
    [
      'Operation could not be completed as it results in exceeding approved Total Regional Cores quota',
      'fail.azure-quota',
    ],
    ['ValidationError: no such subnet', 'fail.create'],
  ])('with %s is %s', (text, code) => {
    expect(failureOf(text).code).toBe(code);
  });

  it('is tried three times within an hour where others took what it needs, else not again', () => {
    expect(nextTryAt('fail.capacity', { count: 1, firstAt: 0 }, 0)).not.toBeNull();
    expect(nextTryAt('fail.azure-quota', { count: 2, firstAt: 0 }, 0)).not.toBeNull();
    expect(nextTryAt('fail.capacity', { count: 3, firstAt: 0 }, 0)).toBeNull();
    expect(nextTryAt('fail.capacity', { count: 2, firstAt: 0 }, hour)).toBeNull();
    expect(nextTryAt('fail.setup', { count: 1, firstAt: 0 }, 0)).toBeNull();
  });
});

describe('undoing', () => {
  it('goes backwards over what was begun, and knows each step once', () => {
    expect(undosOf(withStep(withStep(['reserve'], 'create'), 'create'))).toEqual([
      'delete-instance',
      'release-quota',
    ]);
    expect(undosOf([])).toEqual([]);
  });

  it('knows its own machine by the tag alone', () => {
    expect(carriesRequest({ 'Lamplighter-Request': 'r1' }, 'r1')).toBe(true);
    expect(carriesRequest({ 'lamplighter-request': 'r2' }, 'r1')).toBe(false);
    expect(carriesRequest({}, 'r1')).toBe(false);
  });
});
