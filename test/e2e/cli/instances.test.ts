import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSettings } from '../../../src/local/run/write-settings.ts';
import { type CliWorld, cliWorld, seenWorld as worldSeen } from '../../support/cli-world.ts';
import { idle } from '../../support/fleet-world.ts';
import { hour, minute, type ProvisionWorldOptions, startAt } from '../../support/provision-world.ts';

const workspaces = ['ws1', 'ws2'].map((name) => ({
  name,
  subscription: 'main',
  resourceGroup: 'rg',
  location: 'westeurope',
}));
const fleet = [
  idle('ci-ada'),
  idle('ci-ada-old', { state: 'Stopped', sinceAt: startAt - 30 * hour }),
  idle('ci-bob', { user: 'bob' }),
  idle('ci-twin', { user: 'ada' }),
  idle('ci-twin', { user: 'ada', workspace: 'ws2' }),
];
const enforce = 'version: 1\nmode: enforce\n';

const seenWorld = (options: ProvisionWorldOptions = {}): Promise<CliWorld> =>
  worldSeen({ policy: enforce, computes: fleet, world: { workspaces }, ...options });
const stateOf = (world: CliWorld, name: string): string | null | undefined =>
  world.azure.computes().find((one) => one.name === name)?.state;

describe('lamplighter instance list', () => {
  it('shows one’s own as a table, broken to the terminal and never when piped', async () => {
    const world = await seenWorld();
    const { code, out, err } = await world.lamplighter(['instance', 'list']);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^INSTANCE +WORKSPACE +SIZE +STATE +\$\/H +VERDICT +WHY$/);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^ci-ada +ws1 +DS3_V2 +Running +\d\.\d\d +warn +No job /);
    expect(lines[2]).toMatch(/^ci-ada-old +ws1 +DS3_V2 +Stopped /);
    const wide = await world.lamplighter(['instance', 'list'], { columns: 110 });
    expect(wide.out.split('\n').length).toBeGreaterThan(6);
    for (const line of wide.out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('shows everybody’s to an admin alone, and says so to others', async () => {
    const world = await seenWorld();
    const all = await world.lamplighter(['instance', 'list', '--all'], { as: 'root' });
    expect([all.code, all.err, all.out]).toEqual([
      0,
      '',
      expect.stringMatching(/^ci-bob +ws1 +bob +DS3_V2 /m),
    ]);
    const user = await world.lamplighter(['instance', 'list', '--all']);
    expect(user.err).toBe('These are yours only: everybody’s are an admin’s to see.\n');
    expect(user.out).not.toContain('ci-bob');
    const own = await world.lamplighter(['instance', 'list'], { as: 'root' });
    expect(own).toMatchObject({ code: 0, out: '' });
    expect(own.err).toContain('--all lists everybody’s.');
  });

  it('takes workspace and state, and gives JSON of the agreed form', async () => {
    const world = await seenWorld();
    const names = async (...more: string[]): Promise<unknown> => {
      const { out } = await world.lamplighter(['instance', 'list', '--json', ...more]);
      const body = JSON.parse(out) as { formatVersion: number; computes: { compute: string }[] };
      return [body.formatVersion, ...body.computes.map(({ compute }) => compute)];
    };
    expect(await names('--workspace', 'WS2')).toEqual([1, 'ci-twin']);
    expect(await names('--state', 'stopped')).toEqual([1, 'ci-ada-old']);
    const none = await world.lamplighter(['instance', 'list', '--state', 'resizing']);
    expect(none.err).toBe('None of 4 instances is resizing.\n');
  });
});

describe('lamplighter instance show', () => {
  it('says all that is known, in one fact a line', async () => {
    const world = await seenWorld({
      policy: `${enforce}schedules:\n  - { name: nights, match: { kind: ComputeInstance }, stop: "19:00" }\n`,
    });
    const { code, out } = await world.lamplighter(['instance', 'show', 'ci-ada']);
    expect(code).toBe(0);
    for (const line of [
      /^Address +[-0-9a-f]{36}\/rg\/ws1\/ci-ada$/,
      /^State +Running$/,
      /^SSH +off/,
      /^Decision +warn \(warn\.idle\), 2026-03-02 08:0\d UTC$/,
      /^Warning +warn\.idle, of .* it stops at 2026-03-02 08:3\d UTC$/,
      /^Schedule +.*19:00.*nights/,
      /^Cost +\$0\.\d\d an hour at list price; this month \$.*hours.*quota stays used\.$/,
    ]) {
      expect(out.split('\n')).toContainEqual(expect.stringMatching(line));
    }
    const json = await world.lamplighter(['instance', 'show', 'ws1/ci-ada', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({
      formatVersion: 1,
      compute: 'ci-ada',
      state: 'Running',
      known: {
        decision: { reason: 'warn.idle' },
        schedule: { stop: { at: '2026-03-02T19:00:00.000Z', schedule: 'nights' } },
      },
    });
  });

  it('finds what a request has made before any sweep has seen it', async () => {
    const world = await cliWorld();
    await world.lamplighter([
      'request',
      'new',
      '--workspace',
      'ws1',
      '--size',
      'Standard_DS3_v2',
      '--name',
      'ci-new',
    ]);
    const { code, out } = await world.lamplighter(['instance', 'show', 'ci-new']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Decision +none yet: no sweep has looked at it$/m);
  });

  it('lists the addresses of a name that several bear', async () => {
    const world = await seenWorld();
    const { code, out, err } = await world.lamplighter(['instance', 'show', 'ci-twin']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^2 instances bear the name ci-twin:\n {2}\S+\/rg\/ws1\/ci-twin\n {2}\S+\/rg\/ws2\/ci-twin\n/,
    );
    expect((await world.lamplighter(['instance', 'show', 'ws2/ci-twin'])).code).toBe(0);
  });

  it('names the nearest for a name that nobody bears, and tells nothing of others’', async () => {
    const world = await seenWorld();
    const typo = await world.lamplighter(['instance', 'show', 'ci-adda']);
    expect([typo.code, typo.err.includes('Did you mean ci-ada?')]).toEqual([1, true]);
    const others = await world.lamplighter(['instance', 'show', 'ci-bob']);
    const nobodys = await world.lamplighter(['instance', 'show', 'ci-bab']);
    expect(others.err.replaceAll('ci-bob', 'X')).toBe(nobodys.err.replaceAll('ci-bab', 'X'));
  });

  it('refuses hostile names before they are used', async () => {
    const world = await cliWorld();
    const names = [
      '..',
      '../../ws1',
      'ws1/..',
      'ci ada',
      'ci%2fada',
      '/subscriptions/x',
      'a/b/c',
      'ci-\u202eada',
    ];
    for (const name of [...names, 'x'.repeat(10_000)]) {
      const { code, out, err } = await world.lamplighter(['instance', 'stop', name]);
      expect([name.slice(0, 20), code, out]).toEqual([name.slice(0, 20), 1, '']);
      expect(err.length).toBeLessThan(600);
      expect(err).not.toContain('\u202e');
    }
    expect(world.azure.writes).toEqual([]);
  });
});

describe('lamplighter instance stop, start, restart, delete', () => {
  it('asks for it and says what it takes and leaves', async () => {
    const world = await seenWorld();
    const { code, out } = await world.lamplighter(['instance', 'stop', 'ci-ada']);
    expect(code).toBe(0);
    expect(out).toContain('ci-ada: Azure is stopping it: files on the workspace share');
    await world.runFor(10 * minute);
    expect(stateOf(world, 'ci-ada')).toBe('Stopped');
    const again = await world.lamplighter(['instance', 'stop', 'ci-ada']);
    expect(again).toMatchObject({ code: 0, out: 'ci-ada: already Stopped\n' });
  });

  it.each([
    ['start', 'ci-ada-old', 'Running'],
    ['stop', 'ci-ada', 'Stopped'],
    ['restart', 'ci-ada', 'Running'],
  ])('follows a %s to its end', async (verb, name, state) => {
    const world = await seenWorld();
    const { code, out, err } = await world.lamplighter(['instance', verb, name, '--wait'], { columns: 90 });
    expect([code, out]).toEqual([0, `${name} is ${state}.\n`]);
    expect(err).toContain(`${name}: ${verb} asked for, `);
    expect(stateOf(world, name)).toBe(state);
  });

  it('says so with exit code 2 when it did not arrive in time', async () => {
    const world = await seenWorld();
    const line = ['instance', 'start', 'ci-ada-old', '--wait', '--timeout', '1m', '--json'];
    const { code, out } = await world.lamplighter(line);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ formatVersion: 1, state: 'Starting', arrived: false });
  });

  it('deletes only with the name once more, in the flag or typed on a terminal', async () => {
    const world = await seenWorld();
    const line = ['instance', 'delete', 'ci-ada'];
    const silent = await world.lamplighter(line);
    expect(silent.code).toBe(1);
    expect(silent.err).toMatch(
      /^\S+\/ci-ada is deleted for good: its OS disk, .*share stay\.\nSay so with --confirm ci-ada /,
    );
    for (const given of [
      await world.lamplighter(line, { types: 'yes', columns: 80 }),
      await world.lamplighter([...line, '--confirm', 'ci-bob']),
    ]) {
      expect([given.code, given.err.includes('nothing was deleted')]).toEqual([1, true]);
    }
    expect(stateOf(world, 'ci-ada')).toBe('Running');
    const typed = await world.lamplighter([...line, '--wait'], { types: 'ci-ada', columns: 80 });
    expect([typed.code, typed.out]).toEqual([0, 'ci-ada is Deleted.\n']);
    expect(stateOf(world, 'ci-ada')).toBeUndefined();
    const flag = await world.lamplighter(['instance', 'delete', 'ci-ada-old', '--confirm', 'ci-ada-old']);
    expect(flag.out).toContain('files on the workspace share stay');
  });

  it('is nobody else’s to do', async () => {
    const world = await seenWorld();
    const address = world.azure.computes().find(({ name }) => name === 'ci-bob')?.id ?? '';
    const { code, err } = await world.lamplighter(['instance', 'stop', address]);
    expect(code).toBe(1);
    expect(err).toContain('There is no instance ci-bob of yours');
    expect(stateOf(world, 'ci-bob')).toBe('Running');
  });
});

describe('the way to the app', () => {
  it('is told when it cannot be gone', async () => {
    const world = await cliWorld();
    const list = ['instance', 'list'];
    const nowhere = await world.lamplighter(list, { env: { LAMPLIGHTER_URL: 'http://127.0.0.1:9' } });
    expect(nowhere.err).toMatch(/^Lamplighter cannot be reached at http:\/\/127\.0\.0\.1:9\.\n/);
    const stale = await world.lamplighter(list, { env: { LAMPLIGHTER_TOKEN: 'x.y.z' } });
    expect([stale.code, stale.err.includes('az login')]).toEqual([1, true]);
    const wrong = await world.lamplighter([...list, '--url', 'lamp']);
    expect(wrong.code).toBe(1);
  });

  it('may stand in a file, as "npm start" writes it', async () => {
    const world = await seenWorld();
    const file = join(mkdtempSync(join(tmpdir(), 'lamplighter-cli-')), 'ada.env');
    writeSettings(file, { LAMPLIGHTER_URL: world.url, LAMPLIGHTER_TOKEN: await world.tokenOf('ada') });
    const nowhere = { LAMPLIGHTER_URL: 'http://127.0.0.1:9', LAMPLIGHTER_TOKEN: 'x.y.z' };
    const { code, out } = await world.lamplighter(['instance', 'list', '--settings', file], { env: nowhere });
    expect([code, out.includes('ci-ada')]).toEqual([0, true]);
    const none = await world.lamplighter(['instance', 'list', '--settings', `${file}x`]);
    expect([none.code, none.err.includes('cannot be read')]).toEqual([1, true]);
  });
});
