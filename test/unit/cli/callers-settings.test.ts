import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callersSettings } from '../../../src/cli/azure/callers-settings.ts';

const sub = '11111111-0000-4000-8000-000000000001';
const other = '22222222-0000-4000-8000-000000000002';
const fileOf = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'settings.env');
  writeFileSync(file, text);
  return file;
};

describe('what a command is to look at', () => {
  it('is everything that the caller sees, by the product’s defaults, where nothing is said', () => {
    expect(callersSettings({}, {})).toMatchObject({
      subscriptions: null,
      workspaces: null,
      policy: null,
      ledger: null,
      ledgerPrefix: 'lamplighter',
      loopback: null,
    });
  });

  it('comes from flags before a settings file, and from that before the environment', () => {
    const settings = fileOf(
      `# a deployment\nexport LAMPLIGHTER_SUBSCRIPTIONS='${other}'\nLAMPLIGHTER_POLICY=file.yaml\n`,
    );
    const environment = { LAMPLIGHTER_POLICY: 'environment.yaml', LAMPLIGHTER_LEDGER_PREFIX: 'mine' };
    expect(callersSettings({ settings, subscription: sub }, environment)).toMatchObject({
      subscriptions: [sub],
      policy: { kind: 'file', path: 'file.yaml' },
      policyIsTried: false,
      ledgerPrefix: 'mine',
    });
    expect(callersSettings({ policy: 'flag.yaml' }, environment)).toMatchObject({
      policy: { path: 'flag.yaml' },
      policyIsTried: true,
    });
  });

  it('leaves the ledger out with --ledger none', () => {
    const environment = { LAMPLIGHTER_LEDGER_CONNECTION: 'UseDevelopmentStorage=true' };
    expect(callersSettings({}, environment).ledger).toMatchObject({ kind: 'emulator' });
    expect(callersSettings({ ledger: 'none' }, environment).ledger).toBeNull();
    expect(callersSettings({ ledger: 'https://a.table.core.windows.net' }, environment).ledger).toEqual({
      kind: 'account',
      endpoint: 'https://a.table.core.windows.net',
    });
  });

  it.each([
    [{ subscription: 'abc' }, {}, /--subscription cannot be used: expected the ids \(GUIDs\)/],
    [{ workspace: 'ws1' }, {}, /--workspace cannot be used: expected resource-group\/workspace/],
    [{ ledger: 'ftp://x' }, {}, /--ledger cannot be used: expected the table endpoint/],
    [{ policy: 'https://a.blob/p?sig=x' }, {}, /--policy cannot be used/],
    [{}, { LAMPLIGHTER_SUBSCRIPTIONS: 'abc' }, /LAMPLIGHTER_SUBSCRIPTIONS cannot be used/],
    [{}, { LAMPLIGHTER_LOOPBACK_CLOCK: '{"realAt":0,"shownAt":0,"factor":2}' }, /for a simulated Azure only/],
    [{ settings: '/nowhere/x.env' }, {}, /settings file \/nowhere\/x.env cannot be read/],
    [{ settings: fileOf('LAMPLIGHTER_POLICY=a\nnonsense\n') }, {}, /cannot be read at line 2/],
  ])('is refused as %o with %o', (flags, environment, message) => {
    expect(() => callersSettings(flags, environment)).toThrow(message);
  });

  it('never shows a value of a settings file that cannot be read', () => {
    const settings = fileOf('secret-without-a-name\n');
    expect(() => callersSettings({ settings }, {})).not.toThrow(/secret-without/);
  });
});
