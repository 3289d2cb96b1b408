import { describe, expect, it } from 'vitest';
import { type CliWorld, seenWorld } from '../../support/cli-world.ts';
import { idle } from '../../support/fleet-world.ts';
import { hour, startAt } from '../../support/provision-world.ts';
import { adas } from '../../support/recreate-world.ts';

const sizeOf = (world: CliWorld, name: string): string | null | undefined =>
  world.azure.computes().find((one) => one.name === name)?.vmSize;

describe('lamplighter instance resize and recreate', () => {
  const resize = ['instance', 'resize', 'ci-ada', '--size', 'Standard_DS4_v2'];

  it('say what goes, want the name once more, and follow it to its end', async () => {
    const world = await seenWorld({ computes: [adas()] });
    const unsure = await world.lamplighter(resize);
    expect([unsure.code, unsure.out]).toEqual([1, '']);
    expect(unsure.err).toMatch(
      /\/ci-ada is deleted and made again\. Files on the workspace share stay; the OS disk goes/,
    );
    expect(sizeOf(world, 'ci-ada')).toMatch(/ds3_v2/i);
    const typed = await world.lamplighter(resize, { types: 'ci-ada', columns: 100 });
    expect([typed.code, typed.out]).toEqual([0, expect.stringMatching(/^Status +completed$/m)]);
    expect(typed.out).toMatch(/^Made anew +resize, Standard_DS3_v2 before$/im);
    expect(typed.err).toContain('ci-ada is being deleted, to be made again');
    expect(sizeOf(world, 'ci-ada')).toMatch(/ds4_v2/i);
  });

  it('make the same again', async () => {
    const world = await seenWorld({ computes: [adas()] });
    const line = ['instance', 'recreate', 'ci-ada', '--confirm', 'ci-ada', '--json'];
    const { code, out } = await world.lamplighter(line);
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      { formatVersion: 1, recreation: { kind: 'recreate' } },
    ]);
  });

  it('are refused while somebody works on it, and name the flags of what is wrong', async () => {
    const busy = adas({ metrics: [{ fromAt: startAt - hour, toAt: startAt + hour, cpu: 70, network: 1 }] });
    const world = await seenWorld({ computes: [busy] });
    const confirmed = [...resize, '--confirm', 'ci-ada'];
    const used = await world.lamplighter(confirmed);
    expect([used.code, used.out]).toEqual([2, '']);
    const wrong = await world.lamplighter([...confirmed, '--accept', 'everything']);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^ {2}--accept: /m)]);
    expect(sizeOf(world, 'ci-ada')).toMatch(/ds3_v2/i);
  });
});

describe('lamplighter stop-after-job', () => {
  it('says, shows and takes back the wish', async () => {
    const world = await seenWorld({
      policy: 'version: 1\nmode: enforce\n',
      computes: [
        idle('ci-ada', {
          jobs: [{ name: 'train', fromAt: startAt - hour, toAt: startAt + hour, status: 'Running' }],
        }),
      ],
    });
    const type = (...more: string[]) => world.lamplighter(['stop-after-job', 'ci-ada', ...more]);
    expect((await type('--show')).out).toBe('Nobody has asked that ci-ada be stopped after a job.\n');
    const wished = await type('--job', 'train', '--for', '2d');
    expect([wished.code, wished.out]).toEqual([
      0,
      'ci-ada is stopped after job train, once it has been quiet for 10 min; the wish holds until 2026-03-04 08:01 UTC.\n',
    ]);
    expect((await type('--end')).out).toBe('The wish is taken back.\n');
    expect((await type('--show')).out).toMatch(
      /^The wish to stop ci-ada after job train is over since .*: withdrawn\.\n$/,
    );
    expect((await type('--end')).out).toBe('There was no wish to take back.\n');
    const both = await type('--end', '--job', 'train');
    expect([both.code, both.err.includes('do not go together')]).toEqual([1, true]);
    const hasty = await type('--quiet-for', '1s');
    expect([hasty.code, hasty.err]).toEqual([1, expect.stringContaining('--quiet-for: expected a duration')]);
  });
});
