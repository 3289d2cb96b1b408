import { describe, expect, it } from 'vitest';
import { type CliWorld, seenWorld } from '../../support/cli-world.ts';
import { hour, minute, startAt } from '../../support/provision-world.ts';
import { adas } from '../../support/recreate-world.ts';

const begin = (): Promise<CliWorld> =>
  seenWorld({ policy: 'version: 1\n', computes: [adas()], sweeps: true });

describe('lamplighter campaign', () => {
  it('is begun by an admin, consented to by the owner, and shows where each instance stands', async () => {
    const world = await begin();
    const line = [
      'campaign',
      'new',
      '--match',
      'compute=ci-*',
      '--why',
      'a hole in the old images',
      '--deadline',
    ];
    const deadline = new Date(startAt + 6 * hour).toISOString();
    const forbidden = await world.lamplighter([...line, deadline]);
    expect(forbidden.code).toBe(1);
    const bad = await world.lamplighter([...line, 'soon'], { as: 'root' });
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('--deadline')]);
    const begun = await world.lamplighter([...line, deadline, '--json'], { as: 'root' });
    expect(begun.code).toBe(0);
    const id = (JSON.parse(begun.out) as { campaignId: string }).campaignId;
    const listed = await world.lamplighter(['campaign', 'list']);
    expect(listed.out).toContain(id);
    const refused = await world.lamplighter(['campaign', 'refuse', id, 'ci-ada', '--why', 'a run']);
    expect([refused.code, refused.out]).toEqual([0, expect.stringContaining('ws1/ci-ada: declined')]);
    const typo = await world.lamplighter(['campaign', 'consent', id, 'ci-adda', '--confirm', 'ci-ada']);
    expect([typo.code, typo.err]).toEqual([1, expect.stringContaining('Did you mean ci-ada?')]);
    const consented = await world.lamplighter(['campaign', 'consent', id, 'ci-ada', '--confirm', 'ci-ada']);
    expect([consented.code, consented.out]).toEqual([0, expect.stringContaining('ws1/ci-ada: agreed')]);
    await world.runFor(40 * minute);
    const shown = await world.lamplighter(['campaign', 'show', id]);
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/ws1\/ci-ada +ada +done/)]);
    expect((await world.lamplighter(['campaign', 'end', id], { as: 'root' })).out).toContain('has ended');
  });
});
