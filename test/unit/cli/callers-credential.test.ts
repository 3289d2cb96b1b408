import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callersCredential,
  checkSignIn,
  rememberingCredential,
} from '../../../src/cli/azure/callers-credential.ts';
import { callersSettings } from '../../../src/cli/azure/callers-settings.ts';

const scope = 'https://management.azure.com/.default';

/** An `az` that does what the script says, first on the PATH. Its calls are in `calls`. */
function fakeAz(script: string): { readonly calls: () => readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'az-'));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'az'), `#!/bin/sh\necho "$*" >> ${log}\n${script}\n`);
  chmodSync(join(folder, 'az'), 0o755);
  process.env['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
  return { calls: () => readFileSync(log, 'utf8').trim().split('\n') };
}

describe('the caller’s own sign-in', () => {
  let path: string | undefined;
  beforeEach(() => {
    path = process.env['PATH'];
  });
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('is that of the Azure CLI, asked once for each audience and in the tenant that was named', async () => {
    const expires = Math.floor(Date.now() / 1000) + 3600;
    const az = fakeAz(`echo '{"accessToken":"token-of-ada","expires_on":${expires},"tokenType":"Bearer"}'`);
    const tenant = '33333333-0000-4000-8000-000000000003';
    const credential = callersCredential(callersSettings({}, { LAMPLIGHTER_TENANT_ID: tenant }));
    await checkSignIn(credential, { loopback: null });
    const tokens = await Promise.all([credential.getToken(scope), credential.getToken(scope)]);
    expect(tokens.map((token) => token?.token)).toEqual(['token-of-ada', 'token-of-ada']);
    await credential.getToken('https://storage.azure.com/.default');
    expect(az.calls()).toEqual([
      `account get-access-token --output json --resource https://management.azure.com --tenant ${tenant}`,
      `account get-access-token --output json --resource https://storage.azure.com --tenant ${tenant}`,
    ]);
  });

  it('that has run out is told, with what to do', async () => {
    fakeAz(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`);
    const settings = callersSettings({}, {});
    await expect(checkSignIn(callersCredential(settings), settings)).rejects.toMatchObject({
      code: 'cli.not-signed-in',
      fix: expect.stringContaining('az login'),
    });
  });

  it('is asked for anew before it runs out, and when it failed', async () => {
    let now = 0;
    let asked = 0;
    const credential = rememberingCredential(
      {
        getToken: async () => {
          asked += 1;
          if (asked === 1) throw new Error('not yet');
          return { token: String(asked), expiresOnTimestamp: now + 3_600_000 };
        },
      },
      () => now,
    );
    await expect(credential.getToken(scope)).rejects.toThrow('not yet');
    expect((await credential.getToken(scope))?.token).toBe('2');
    now += 3_000_000;
    expect((await credential.getToken(scope))?.token).toBe('2');
    now += 400_000;
    expect((await credential.getToken(scope))?.token).toBe('3');
  });
});
