import { describe, expect, it } from 'vitest';
import type { FindingView } from '../../../src/present/json/finding-view.ts';
import { type CliWorld, cliWorld, seenWorld } from '../../support/cli-world.ts';
import { idle } from '../../support/fleet-world.ts';
import { idOf, startAt } from '../../support/provision-world.ts';

const quotas = 'version: 1\nquotas: [ { per: user, cores: 8 } ]\n';
const fleet = [idle('ci-ada'), idle('ci-bob', { user: 'bob' })];

const setTo = (cores: string) => [
  'quota',
  'set',
  '--workspace',
  'ws1',
  '--family',
  'standardDSv2Family',
  '--cores',
  cores,
];

describe('lamplighter quota', () => {
  it('shows one’s own limits, and to admins all and Azure’s', async () => {
    const world = await seenWorld({ policy: quotas, computes: fleet });
    const own = await world.lamplighter(['quota', 'show']);
    expect(own.code).toBe(0);
    expect(own.out).toMatch(/^LIMIT +OF +UNIT +USED +RESERVED +AT MOST +STATE +BEYOND IT$/m);
    expect(own.out).toMatch(/^per user +ada +cores +4 +0 +8 +within +refuse$/m);
    expect(own.out).not.toMatch(/bob|REGION/);
    expect(own.out).toContain('A stopped instance keeps its quota');
    const all = await world.lamplighter(['quota', 'show'], { as: 'root' });
    expect(all.out).toMatch(/^per user +bob /m);
    expect(all.out).toMatch(/^westeurope +all cores +8 +\d+$/m);
    expect(JSON.parse((await world.lamplighter(['quota', 'show', '--json'])).out)).toMatchObject({
      formatVersion: 1,
    });
  });

  it('says by its exit code what a machine would meet, and reserves nothing', async () => {
    const world = await seenWorld({ policy: quotas, computes: fleet });
    const check = (...more: string[]) => world.lamplighter(['quota', 'check', '--workspace', 'ws1', ...more]);
    const granted = await check('--size', 'Standard_DS3_v2');
    expect([granted.code, granted.out.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Granted: /)]);
    const refused = await check('--size', 'Standard_DS4_v2');
    expect(refused.code).toBe(2);
    expect(refused.out).toMatch(/^Refused: .*\n {2}.*\(refuse\.quota\.user\)$/m);
    expect((await check('--size', 'Standard_DS3_v2')).code).toBe(0);
    const other = await check('--size', 'Standard_DS3_v2', '--for', idOf('bob'));
    expect([other.code, other.err.includes('Only an admin')]).toEqual([1, true]);
    const nowhere = await world.lamplighter(['quota', 'check', '--workspace', '..', '--size', 'x']);
    expect([nowhere.code, nowhere.err.includes('--workspace: Lamplighter looks after no workspace')]).toEqual(
      [1, true],
    );
    expect((await world.lamplighter(['quota', 'check'])).err).toContain(
      '--workspace and --size are missing.',
    );
  });

  it('sets Azure’s own limit of a workspace, for admins', async () => {
    const world = await cliWorld({ computes: fleet });
    expect((await world.lamplighter(setTo('8'))).code).toBe(1);
    const { code, out } = await world.lamplighter(setTo('8'), { as: 'root' });
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/ws1 may hold 8 cores of standardDSv2Family now/i),
    ]);
    const many = await world.lamplighter(setTo('many'), { as: 'root' });
    expect([many.code, many.err.includes('is no number of cores')]).toEqual([1, true]);
  });
});

const broken = 'version: 1\nsizes: { deny: [Standard_D*] }\n';
async function findings(world: CliWorld, ...more: string[]): Promise<readonly FindingView[]> {
  const { out } = await world.lamplighter(['finding', 'list', '--json', ...more], { as: 'root' });
  return (JSON.parse(out) as { findings: FindingView[] }).findings;
}

describe('lamplighter finding', () => {
  it('lists what breaks rules, of others for admins only', async () => {
    const world = await seenWorld({ policy: broken, computes: fleet });
    const own = await world.lamplighter(['finding', 'list']);
    expect(own.code).toBe(0);
    expect(own.out).toMatch(/^FINDING +RULE +ABOUT +OWNER +STATUS +SINCE +\$\/MONTH +WHAT, AND WHAT TO DO$/m);
    expect(own.out).toMatch(/^\S+ +size\.denied +ws1\/ci-ada +ada +open /m);
    expect(own.out).not.toContain('ci-bob');
    const about = await findings(world, '--code', 'size.denied', '--compute', 'ws1/ci-bob');
    expect(about.map(({ compute }) => compute?.compute)).toEqual(['ci-bob']);
    expect(await findings(world, '--code', 'network.ssh')).toEqual([]);
    const wrong = await world.lamplighter(['finding', 'list', '--code', 'size.deny']);
    expect([wrong.code, wrong.err.includes('--code:')]).toEqual([1, true]);
    expect((await world.lamplighter(['finding', 'list', '--compute', '..'])).code).toBe(1);
  });

  it('takes one’s consent to the deletion of one’s own forgotten machine, names what is wrong, and takes it back', async () => {
    const off = { state: 'Stopped', sinceAt: startAt - 40 * 86_400_000 } as const;
    const world = await seenWorld({
      policy: 'version: 1\nmode: enforce\nforgotten: { remedy: delete }\nsizes: { deny: [Standard_DS*] }\n',
      computes: [idle('ci-ada', off), idle('ci-bob', { ...off, user: 'bob' })],
    });
    const consent = (...line: string[]) => world.lamplighter(['finding', 'consent', ...line]);
    const given = await consent('instance.forgotten', 'ws1/ci-ada');
    expect(given.err).toBe('');
    expect(given.out).toMatch(/^ws1\/ci-ada may be deleted until 2026-03-09 \d\d:\d\d UTC, after the notice/);
    const [own] = (await findings(world, '--code', 'instance.forgotten')).filter(
      ({ compute }) => compute?.compute === 'ci-ada',
    );
    expect(own?.deletion?.consent?.by.objectId).toBe(idOf('ada'));
    const back = await consent('instance.forgotten', 'ws1/ci-ada', '--withdraw');
    expect(back.out).toContain('nobody consents to its deletion any more');
    for (const [line, words] of [
      [['instance.forgotten', 'ci-bob'], 'There is no open finding instance.forgotten about ci-bob.'],
      [['size.denied', 'ci-ada'], 'no such open finding of yours'],
      [[own?.findingId ?? '', 'ci-adam'], 'The finding is about ci-ada'],
      [['instance.forgotten', 'ci-ada', '--until', '2027-01-01'], 'in the next 30 days'],
      [['instance.forgotten', 'ci-ada', '--until', 'soon'], '--until: expected a date'],
      [['instance.forgotten'], 'COMPUTE is missing'],
    ] as const) {
      const refused = await consent(...line);
      expect([refused.code, refused.err.includes(words) ? words : refused.err]).toEqual([1, words]);
    }
    const notAllowed = await world.lamplighter(['finding', 'consent', 'size.denied', 'ci-bob'], {
      as: 'root',
    });
    expect([notAllowed.code, notAllowed.err.includes('does not let Lamplighter delete')]).toEqual([1, true]);
  });

  it('accepts one by its rule and compute, or its id, until a date', async () => {
    const world = await seenWorld({ policy: broken, computes: fleet });
    const accept = (...line: string[]) => world.lamplighter(['finding', 'accept', ...line], { as: 'root' });
    const done = await accept(
      'size.denied',
      'ci-ada',
      '--until',
      '2026-03-09',
      '--why',
      'until the migration',
    );
    expect(done).toEqual({
      code: 0,
      out: 'size.denied of ws1/ci-ada is accepted until 2026-03-10 00:00 UTC.\n',
      err: '',
    });
    expect((await findings(world, '--code', 'size.denied')).map(({ compute }) => compute?.compute)).toEqual([
      'ci-bob',
    ]);
    const [, , ...rest] = await findings(world, '--code', 'size.denied', '--all');
    expect(rest).toEqual([]);
    const [bobs] = await findings(world, '--code', 'size.denied');
    expect((await accept(bobs?.findingId ?? '', '--until', '2026-03-09')).code).toBe(0);
    for (const [line, words] of [
      [
        ['size.denied', 'ci-eve', '--until', '2026-03-09'],
        'There is no open finding size.denied about ci-eve.',
      ],
      [[bobs?.findingId ?? '', '--until', 'soon'], '--until: expected a date'],
      [[bobs?.findingId ?? '', '--until', '2020-01-01'], 'has passed'],
      [['size.denied', 'ci-ada'], '--until is missing.'],
    ] as const) {
      const refused = await accept(...line);
      expect([refused.code, refused.err.includes(words) ? words : refused.err]).toEqual([1, words]);
    }
    const user = await world.lamplighter([
      'finding',
      'accept',
      'size.denied',
      'ci-ada',
      '--until',
      '2026-03-09',
    ]);
    expect(user.code).toBe(1);
    expect(world.clock.now()).toBeGreaterThan(startAt);
  });
});
