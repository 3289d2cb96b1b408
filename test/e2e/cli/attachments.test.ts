import { describe, expect, it } from 'vitest';
import { type CliWorld, type LineOptions, type Printed, seenWorld } from '../../support/cli-world.ts';
import { minute, startAt } from '../../support/provision-world.ts';
import { simulatedSubscription } from '../../support/simulated-adapters.ts';
import type { ComputeSpec } from '../../../src/local/azure/index.ts';

const provider = `/subscriptions/${simulatedSubscription}/resourceGroups/rg/providers`;
const databricks = `${provider}/Microsoft.Databricks/workspaces/dbx`;
const secret = 'accessToken=https://team.vault.azure.net/secrets/dbx';
const attached = (name: string, more: Partial<ComputeSpec> = {}): ComputeSpec => ({
  name,
  workspace: 'ws1',
  kind: 'Databricks',
  resourceId: databricks,
  attachedAt: startAt - 60 * minute,
  inUse: false,
  ...more,
});
const begin = (...computes: ComputeSpec[]): Promise<CliWorld> => seenWorld({ computes });
const asRoot = (world: CliWorld, line: readonly string[], more: LineOptions = {}): Promise<Printed> =>
  world.lamplighter(line, { as: 'root', ...more });
const names = (world: CliWorld): readonly string[] => world.azure.computes().map(({ name }) => name);
const attach = ['attachment', 'attach', '--workspace', 'ws1', '--name', 'dbx', '--kind', 'Databricks'];

describe('lamplighter attachment', () => {
  it('attaches with a secret that is only named, and follows that with progress', async () => {
    const world = await begin();
    const line = [...attach, '--resource-id', databricks, '--secret', secret];
    const { code, out, err } = await asRoot(world, line, { columns: 100 });
    expect([code, out]).toEqual([0, expect.stringMatching(/^Status +attached$/m)]);
    expect(err).toContain('dbx: attach, checking');
    expect(names(world)).toEqual(['dbx']);
    const changes = await asRoot(world, ['attachment', 'list', '--changes']);
    expect(changes.out).toMatch(/^a[0-9a-f]{24} +attach +ws1\/dbx +attached +root /m);
    const id = changes.out.split('\n')[1]?.split(' ')[0] ?? '';
    expect((await asRoot(world, ['attachment', 'show', id])).out).toMatch(/^What +attach of ws1\/dbx$/m);
  });

  it('is refused for a second attachment of the same thing, with exit code 2', async () => {
    const world = await begin(attached('first'));
    const line = [...attach, '--resource-id', databricks, '--secret', secret, '--json'];
    const { code, out } = await asRoot(world, line);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      status: 'refused',
      reason: 'refuse.attachment.duplicate',
    });
    expect(names(world)).toEqual(['first']);
  });

  it('never takes a secret itself, nor repeats what was given for one', async () => {
    const world = await begin();
    for (const more of [
      ['--secret', 'accessToken=dapi-hunter2'],
      ['--secret', 'hunter2'],
      ['--secret', 'token=hunter2'],
      ['--property', 'password=hunter2'],
      ['--property', 'administratorAccount={"password":"hunter2"}'],
    ]) {
      const { code, out, err } = await asRoot(world, [...attach, ...more]);
      expect([more[0], code, out, err.includes('hunter2')]).toEqual([more[0], 1, '', false]);
    }
    expect(world.azure.writes).toEqual([]);
  });

  it('lists what is attached, and what twice', async () => {
    const world = await begin(attached('first'), attached('later', { attachedAt: startAt - 30 * minute }));
    const { out } = await asRoot(world, ['attachment', 'list']);
    expect(out).toMatch(/^first +ws1 +Databricks +2026-03-02 07:00 UTC +\/subscriptions/m);
    expect(out).toMatch(/^later +ws1 +Databricks +2026-03-02 07:30 UTC +after ws1\/first +\/subscriptions/m);
    expect((await asRoot(world, ['attachment', 'show', 'later'])).out).toMatch(/^Twice +.*ws1\/first/m);
    expect((await asRoot(world, ['attachment', 'list', '--kind', 'AKS'])).err).toBe(
      'No such target is attached.\n',
    );
    const typo = await asRoot(world, ['attachment', 'show', 'furst']);
    expect([typo.code, typo.err.includes('Did you mean first?')]).toEqual([1, true]);
  });

  it('detaches what nothing uses, and nothing else', async () => {
    const world = await begin(
      attached('free'),
      attached('used', { resourceId: `${databricks}2`, inUse: true }),
    );
    const free = await asRoot(world, ['attachment', 'detach', 'free']);
    expect([free.code, free.out]).toEqual([0, expect.stringMatching(/^Status +detached$/m)]);
    const used = await asRoot(world, ['attachment', 'detach', 'ws1/used']);
    expect([used.code, used.out]).toEqual([
      2,
      expect.stringMatching(/^Refused .*\(refuse\.attachment\.in-use\)$/m),
    ]);
    expect(names(world)).toEqual(['used']);
  });

  it('re-attaches with changes, and not where there is no way back', async () => {
    const world = await begin(attached('dbx'));
    const line = ['attachment', 'reattach', 'dbx', '--tag', 'team=moon', '--secret', secret];
    const stuck = await asRoot(world, line);
    expect([stuck.code, stuck.out]).toEqual([2, expect.stringContaining('refuse.attachment.no-way-back')]);
    const { code, out } = await asRoot(world, [...line, '--old-secret', secret]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Status +attached$/m)]);
    expect(world.azure.computes()[0]?.tags).toMatchObject({ team: 'moon' });
  });

  it('is for admins', async () => {
    const world = await begin(attached('dbx'));
    const { code, out } = await world.lamplighter(['attachment', 'detach', 'dbx']);
    expect([code, out]).toEqual([1, '']);
    expect(names(world)).toEqual(['dbx']);
  });
});

describe('lamplighter target', () => {
  it('lists every kind with what for, rules, and why it cannot be attached', async () => {
    const world = await begin(attached('dbx'));
    const { code, out } = await asRoot(world, ['target', 'list']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(16);
    expect(out).toMatch(
      /^Databricks +Databricks workspace +training +can be attached; never twice .*; in the subscription of the workspace$/m,
    );
    expect(out).toMatch(
      /^Batch +Azure Batch +training in pipelines +cannot be attached, because Azure Resource Manager has no/m,
    );
    const one = await asRoot(world, ['target', 'show', 'databricks']);
    expect(one.out).toMatch(/^Attached +1$/m);
    const typo = await asRoot(world, ['target', 'show', 'Databrick']);
    expect([typo.code, typo.err.includes('Did you mean Databricks?')]).toEqual([1, true]);
  });
});
