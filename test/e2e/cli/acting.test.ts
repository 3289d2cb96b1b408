import { describe, expect, it } from 'vitest';
import { type CliWorld, seenWorld } from '../../support/cli-world.ts';
import { writePendingPolicy } from '../../../src/ledger/policies.ts';
import { idle, refOf } from '../../support/fleet-world.ts';
import { minute, startAt, type Who } from '../../support/provision-world.ts';

const enforce = 'version: 1\nmode: enforce\nlimits: { maxStopsPercent: 100 }\n';
const fleet = [idle('ci-ada'), idle('ci-bob', { user: 'bob' })];
const begin = (policy = enforce): Promise<CliWorld> => seenWorld({ policy, computes: fleet });
const lineAs =
  (world: CliWorld) =>
  (as: Who, ...line: string[]) =>
    world.lamplighter(line, { as });

describe('lamplighter snooze and unsnooze', () => {
  it('keep an instance past its stop, and end that again', async () => {
    const world = await begin();
    const snoozed = await world.lamplighter(['snooze', 'ci-ada', '--for', '2h']);
    expect(snoozed).toEqual({
      code: 0,
      out: 'ci-ada is left running until 2026-03-02 10:01 UTC. Its warning is taken back.\n',
      err: '',
    });
    const listed = await world.lamplighter(['instance', 'list']);
    expect(listed.out).toMatch(/^ci-ada .* (warn|keep) \(snoozed\) /m);
    await world.runFor(45 * minute);
    expect(world.azure.stateOf('ci-ada')).toBe('Running');
    expect((await world.lamplighter(['unsnooze', 'ci-ada'])).out).toBe('The snooze of ci-ada has ended.\n');
    expect((await world.lamplighter(['unsnooze', 'ci-ada'])).out).toBe('ci-ada was not snoozed.\n');
  });

  it('can be through the night', async () => {
    const nights =
      'schedules: [ { name: nights, match: { kind: ComputeInstance }, start: "08:00", stop: "19:00" } ]\n';
    const world = await begin(`${enforce}${nights}`);
    const { code, out } = await world.lamplighter(['snooze', 'ci-ada', '--night']);
    expect([code, out]).toEqual([0, expect.stringContaining('until 2026-03-03 08:00 UTC')]);
  });

  it.each([
    [['ci-ada'], 'For how long is not said'],
    [['ci-ada', '--for', '2h', '--night'], 'said twice'],
    [['ci-ada', '--for', 'long'], '--for "long" is no duration.'],
    [['ci-ada', '--for', '-2h'], '--for needs a value.'],
    [['ci-bob', '--for', '2h'], 'Lamplighter knows no instance ci-bob that is yours to see.'],
  ])('refuse %j in words', async (line, words) => {
    const world = await begin();
    const { code, out, err } = await world.lamplighter(['snooze', ...line]);
    expect([code, out, err.includes(words)]).toEqual([1, '', true]);
  });
});

describe('lamplighter regret', () => {
  it('counts the last stop as wrong', async () => {
    const world = await begin();
    const early = await world.lamplighter(['regret', 'ci-ada']);
    expect([early.code, early.err.includes('has not stopped this compute')]).toEqual([1, true]);
    await world.runFor(45 * minute);
    expect(world.azure.stateOf('ci-ada')).toBe('Stopped');
    const { code, out } = await world.lamplighter(['regret', 'ci-ada']);
    expect(code).toBe(0);
    expect(out).toMatch(/^The stop of ci-ada at 2026-03-02 08:3\d UTC counts as one that was wrong\.\n$/);
  });
});

describe('lamplighter halt and resume', () => {
  it('stop every write, and say who did and why', async () => {
    const world = await begin();
    const type = lineAs(world);
    expect(await type('ada', 'halt', '--show')).toEqual({ code: 0, out: 'Lamplighter works.\n', err: '' });
    const halted = await type('root', 'halt', '--why', 'demo at noon');
    expect(halted.out).toMatch(/^Halted since 2026-03-02 08:01 UTC by root: demo at noon\. /);
    await world.runFor(45 * minute);
    expect(world.azure.stateOf('ci-ada')).toBe('Running');
    expect(await type('ada', 'halt', '--show')).toMatchObject({ code: 2, out: halted.out });
    expect((await type('root', 'resume')).out).toBe('Lamplighter works.\n');
  });

  it('print no control characters of what somebody wrote', async () => {
    const world = await begin();
    const why = 'demo\u001b]0;title\u0007 \u001b[2Jat\u202e noon';
    const { out } = await lineAs(world)('root', 'halt', '--why', why);
    expect(out).toContain(': demo]0;title [2Jat noon.');
  });

  it('are an admin’s', async () => {
    const world = await begin();
    for (const word of ['halt', 'resume', 'release']) {
      const { code, out } = await lineAs(world)('ada', word);
      expect([word, code, out]).toEqual([word, 1, '']);
    }
  });
});

describe('lamplighter release', () => {
  it('lists what the blast limit holds back, and lets exactly that pass', async () => {
    const world = await begin('version: 1\nmode: enforce\nlimits: { maxStops: 1 }\n');
    const type = lineAs(world);
    const held = await type('root', 'release', '--json');
    const [batch] = (JSON.parse(held.out) as { batches: { batchId: string }[] }).batches;
    expect((await type('root', 'release')).out).toMatch(/^\S+ +held +.* 2 +1 +ws1\/ci-ada, ws1\/ci-bob$/m);
    const released = await type('root', 'release', batch?.batchId ?? '');
    expect(released.out).toBe(
      'Released: exactly these 2 may be warned at the next sweep: ws1/ci-ada, ws1/ci-bob.\n',
    );
    expect(await type('root', 'release')).toMatchObject({
      out: '',
      err: 'The blast limit holds nothing back.\n',
    });
    expect((await type('root', 'release', '--all')).out).toContain('released');
    expect((await type('root', 'release', 'nothing')).code).toBe(1);
  });
});

describe('lamplighter policy', () => {
  const pending = {
    hash: 'abcdef0123456789',
    insteadOf: 'older',
    at: startAt,
    limit: 1,
    count: 2,
    shown: [refOf('ci-ada'), refOf('ci-bob')],
    rows: [],
    approvedBy: null,
    approvedAt: null,
  };

  it('shows the text in force and what waits, and approves exactly that', async () => {
    const world = await begin();
    const type = lineAs(world);
    expect(await type('ada', 'policy', 'show', '--text')).toEqual({ code: 0, out: enforce, err: '' });
    await writePendingPolicy(world.ledger, pending, null);
    const waits = await type('root', 'policy', 'show');
    expect([waits.code, waits.out]).toEqual([
      2,
      expect.stringMatching(
        /^Waiting +abcdef0123456789 .* newly warn 2 computes, .*: ws1\/ci-ada, ws1\/ci-bob;/m,
      ),
    ]);
    expect((await type('ada', 'policy', 'show')).out).not.toContain('ci-bob');
    expect((await type('ada', 'policy', 'approve', pending.hash)).code).toBe(1);
    expect((await type('root', 'policy', 'approve', 'fedcba9876543210')).code).toBe(1);
    const approved = await type('root', 'policy', 'approve', pending.hash);
    expect(approved.out).toBe(
      'Policy abcdef0123456789, approved by root: it takes effect with the next sweep.\n',
    );
    expect((await type('ada', 'policy', 'show')).code).toBe(0);
  });
});
