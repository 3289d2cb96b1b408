import { describe, expect, it } from 'vitest';
import { minute } from '../../support/provision-world.ts';
import { cliWorld } from '../../support/cli-world.ts';

const ask = ['request', 'new', '--workspace', 'ws1', '--size', 'Standard_DS3_v2', '--name', 'ci-ada'];
const full = {
  policy: 'version: 1\nquotas: [ { per: all, cores: 4 } ]\n',
  computes: [
    { name: 'ci-old', workspace: 'ws1', kind: 'ComputeInstance', vmSize: 'Standard_DS3_v2', user: 'root' },
  ],
} as const;
const idIn = (text: string, pattern: RegExp): string => pattern.exec(text)?.[0] ?? 'none';

describe('lamplighter waiting', () => {
  it('joins the line for what was refused, sees it, and confirms when room is held', async () => {
    const world = await cliWorld(full);
    const refused = await world.lamplighter(ask);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('lamplighter waiting join r');
    const joined = await world.lamplighter(['waiting', 'join', idIn(refused.err, /r[0-9a-f]{24}/)]);
    expect([joined.code, joined.err]).toEqual([0, '']);
    expect(joined.out).toMatch(/^State +waiting$/m);
    const placeId = idIn(joined.out, /w[0-9a-f]{24}/);
    expect((await world.lamplighter(['waiting', 'confirm', placeId])).err).toContain('Nothing is held');

    world.azure.act({ do: 'delete', compute: 'ci-old' });
    await world.runFor(10 * minute);
    const listed = await world.lamplighter(['waiting', 'list']);
    expect(listed.out).toMatch(/offered/);
    const confirmed = await world.lamplighter(['waiting', 'confirm', placeId, '--json']);
    expect(JSON.parse(confirmed.out)).toMatchObject({ formatVersion: 1, status: 'completed' });
    expect((await world.lamplighter(['waiting', 'list'])).err).toBe('Nobody waits.\n');
    expect((await world.lamplighter(['waiting', 'leave', placeId])).err).toContain('has ended');
  });

  it('joins with the request itself where that is asked for, and is carried out by itself', async () => {
    const world = await cliWorld(full);
    const refused = await world.lamplighter([...ask, '--waiting-list', '--auto-start']);
    expect(refused.err).toContain('waits for room');
    world.azure.act({ do: 'delete', compute: 'ci-old' });
    await world.runFor(20 * minute);
    expect(world.azure.computes().map(({ name }) => name)).toEqual(['ci-ada']);
    const { out } = await world.lamplighter(['waiting', 'list', '--all', '--json']);
    expect(JSON.parse(out)).toMatchObject({ places: [{ state: 'taken' }] });
  });
});
