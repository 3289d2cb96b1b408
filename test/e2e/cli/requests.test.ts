import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RequestView } from '../../../src/present/json/request-view.ts';
import { cliWorld } from '../../support/cli-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const publicKey = `ssh-ed25519 ${'A'.repeat(68)} ada@laptop`;
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ask = ['request', 'new', '--workspace', 'ws1', '--size', 'Standard_DS3_v2', '--name', 'ci-ada'];
const withApproval = 'version: 1\napprovals: [ { match: { gpu: false }, expiresAfter: 24h } ]\n';

describe('lamplighter request new', () => {
  it('follows the request to its end, with one line on a terminal', async () => {
    const world = await cliWorld();
    const { code, out, err } = await world.lamplighter(ask, { columns: 100 });
    expect(code).toBe(0);
    expect(out).toMatch(/^Status +completed$/m);
    expect(out).toMatch(/^Instance +ci-ada$/m);
    expect(err).toContain('"lamplighter request show r');
    expect(err).toContain('ci-ada is about to be made, 0s');
    expect(err).toMatch(/ci-ada is being made, \dm/);
    expect(world.azure.computes().map(({ name }) => name)).toEqual(['ci-ada']);
  });

  it('says nothing but the result where nobody watches', async () => {
    const world = await cliWorld();
    const { code, out, err } = await world.lamplighter([...ask, '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      status: 'completed',
      compute: { compute: 'ci-ada' },
    });
  });

  it('takes every field of the API', async () => {
    const world = await cliWorld();
    const subnet =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/office/subnets/ml';
    const line = [
      ...ask,
      '--ssh-key',
      file('ada.pub', `${publicKey}\n`),
      '--public-ip',
      'no',
      '--subnet',
      subnet,
      '--idle-shutdown',
      '2h',
      '--start-at',
      '0 8 * * 1-5',
      '--stop-at',
      '0 19 * * 1-5',
      '--stop-at',
      '0 12 * * 6',
      '--time-zone',
      'W. Europe Standard Time',
      '--tag',
      'project=moon',
      '--tag',
      'why=a=b',
    ];
    const { code, err } = await world.lamplighter(line);
    expect([code, err]).toEqual([0, '']);
    const [made] = world.azure.computes();
    const text = JSON.stringify(made);
    for (const part of [publicKey, subnet, '"project":"moon"', '"why":"a=b"', 'PT2H', '0 12 * * 6']) {
      expect(text).toContain(part);
    }
  });

  it('names all faults at once, by the flags they came from', async () => {
    const world = await cliWorld();
    const line = [
      'request',
      'new',
      '--workspace',
      'ws1',
      '--size',
      '7',
      '--idle-shutdown',
      '5m',
      '--tag',
      'a<b=c',
    ];
    const { code, out, err } = await world.lamplighter(line);
    expect([code, out]).toEqual([1, '']);
    const lines = err.split('\n');
    expect(lines[0]).toBe('The request cannot be used as it is:');
    expect(lines.filter((one) => one.startsWith('  ')).map((one) => one.split(':')[0])).toEqual([
      '  --size',
      '  --tag',
      '  --idle-shutdown',
    ]);
    expect(world.azure.computes()).toEqual([]);
  });

  it('is refused with each rule and what to do, as exit code 2', async () => {
    const world = await cliWorld({ policy: 'version: 1\nsizes: { deny: [Standard_D*] }\n' });
    const { code, err } = await world.lamplighter(ask);
    expect(code).toBe(2);
    expect(err).toMatch(/^Refused:\n {2}.*Choose another size/);
    const json = await world.lamplighter([...ask, '--json']);
    expect(JSON.parse(json.err)).toMatchObject({
      formatVersion: 1,
      error: { code: 'refuse.size.denied', requestId: expect.stringMatching(/^r/) },
    });
  });

  it('ends at once with --no-wait, and is the same request under the same key', async () => {
    const world = await cliWorld();
    const line = [...ask, '--no-wait', '--json', '--key', 'one-and-the-same'];
    const [first, second] = [await world.lamplighter(line), await world.lamplighter(line)];
    expect([first.code, second.code]).toEqual([2, 2]);
    expect(JSON.parse(second.out)).toEqual(JSON.parse(first.out));
    const id = (JSON.parse(first.out) as RequestView).requestId;
    const shown = await world.lamplighter(['request', 'show', id, '--wait']);
    expect(shown.code).toBe(0);
    expect(world.azure.computes()).toHaveLength(1);
  });

  it('waits for approval, which somebody else gives', async () => {
    const world = await cliWorld({ policy: withApproval });
    const given = await world.lamplighter(ask, {
      async whileWaiting() {
        const listed = await world.lamplighter(
          ['request', 'list', '--status', 'awaiting-approval', '--json'],
          { as: 'cleo' },
        );
        const [waiting] = (JSON.parse(listed.out) as { requests: RequestView[] }).requests;
        if (waiting !== undefined) {
          const line = ['request', 'approve', waiting.requestId, '--comment', 'for the demo'];
          expect((await world.lamplighter(line, { as: 'cleo' })).code).toBe(0);
        }
        await world.runFor(60_000);
      },
    });
    expect(given.code).toBe(0);
    expect(given.out).toMatch(/^Vote +approve by cleo, .*: for the demo$/m);
  });

  it('gives up following in time, and leaves the request to itself', async () => {
    const world = await cliWorld({ policy: withApproval });
    const { code, out } = await world.lamplighter([...ask, '--timeout', '10m']);
    expect(code).toBe(2);
    expect(out).toMatch(/^Status +awaiting-approval$/m);
  });

  it.each([
    [['--ssh-key', 'nowhere.pub'], 'The key file nowhere.pub cannot be read.'],
    [['--public-ip', 'maybe'], '--public-ip "maybe" is neither yes nor no.'],
    [['--time-zone', 'UTC'], '--time-zone is of no schedule.'],
    [['--tag', 'alone'], '--tag "alone" is no pair.'],
    [['--timeout', 'soon'], '--timeout "soon" is no duration.'],
    [['--subnett', 'x'], 'There is no flag --subnett.\nDid you mean --subnet?'],
  ])('refuses %j before anything is sent', async (more, words) => {
    const world = await cliWorld();
    const { code, err } = await world.lamplighter([...ask, ...more]);
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(world.azure.computes()).toEqual([]);
  });

  it('never sends a private key', async () => {
    const world = await cliWorld();
    const key = file('id_ed25519', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n');
    const { code, err } = await world.lamplighter([...ask, '--ssh-key', key]);
    expect(code).toBe(1);
    expect(err).toContain('holds a private key, so it was not sent.');
  });
});

describe('lamplighter request', () => {
  it('lists requests as a table, of others for approvers only', async () => {
    const world = await cliWorld();
    await world.lamplighter(ask);
    const own = await world.lamplighter(['request', 'list']);
    expect(own.out.split('\n')[0]).toMatch(/^REQUEST +STATUS +INSTANCE +WORKSPACE +SIZE +FOR +ASKED +WHAT$/);
    expect(own.out).toMatch(/^r\w+ +completed +ci-ada +ws1 +Standard_DS3_v2 +ada /m);
    const none = await world.lamplighter(['request', 'list'], { as: 'eve' });
    expect(none).toEqual({ code: 0, out: '', err: 'There is no such request.\n' });
    expect((await world.lamplighter(['request', 'list'], { as: 'cleo' })).out).toContain('ci-ada');
    const wrong = await world.lamplighter(['request', 'list', '--status', 'lost']);
    expect([wrong.code, wrong.err.includes('--status:')]).toEqual([1, true]);
  });

  it('can be rejected by an approver and taken back by its owner', async () => {
    const world = await cliWorld({ policy: withApproval });
    const asked = await world.lamplighter([...ask, '--no-wait', '--json']);
    const { requestId } = JSON.parse(asked.out) as RequestView;
    const stranger = await world.lamplighter(['request', 'cancel', requestId], { as: 'eve' });
    expect([stranger.code, stranger.out]).toEqual([1, '']);
    const rejected = await world.lamplighter(['request', 'reject', requestId], { as: 'dan' });
    expect(rejected.out).toMatch(/^Status +rejected$/m);
    await world.runFor(60_000);
    const again = await world.lamplighter([...ask, '--no-wait', '--json']);
    const back = await world.lamplighter([
      'request',
      'cancel',
      (JSON.parse(again.out) as RequestView).requestId,
    ]);
    expect(back.out).toMatch(/^Status +cancelled$/m);
  });
});
