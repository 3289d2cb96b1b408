import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createSimulatedAzure, demoFleet, listen } from '../../../src/local/azure/index.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';

const startAt = Date.parse('2026-03-02T08:00:00Z');
const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** The command in a process of its own, whose `az` is a script that gives out the simulated Azure's tokens. */
async function commandLine(): Promise<(args: readonly string[], isSignedIn?: boolean) => Promise<Ran>> {
  const azure = createSimulatedAzure(demoFleet(startAt), {
    clock: new VirtualClock(startAt),
    random: () => 0.5,
  });
  const server = await listen(azure);
  onTestFinished(() => server.close());
  const folder = mkdtempSync(join(tmpdir(), 'az-'));
  const az = join(folder, 'az');
  return (args, isSignedIn = true) => {
    const says = isSignedIn
      ? `echo '{"accessToken":"${azure.staticToken()}","expires_on":4102444800}'`
      : `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`;
    writeFileSync(az, `#!/bin/sh\n${says}\n`);
    chmodSync(az, 0o755);
    const clock = { realAt: Date.now(), shownAt: startAt, factor: 0.001 };
    const env = {
      PATH: [folder, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      LAMPLIGHTER_LOOPBACK_AZURE: server.origin,
      LAMPLIGHTER_LOOPBACK_CLOCK: JSON.stringify(clock),
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { env }, (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
    });
  };
}

it('plan runs under the sign-in of the Azure CLI, tells its faults on stderr, and leaves with terraform’s codes', async () => {
  const run = await commandLine();
  const [planned, signedOut] = [await run(['plan', '--json']), await run(['plan'], false)];

  expect([planned.code, planned.err]).toEqual([2, '']);
  expect(JSON.parse(planned.out)).toMatchObject({ formatVersion: 1, counts: { instances: 15 } });
  expect([signedOut.code, signedOut.out]).toEqual([1, '']);
  expect(signedOut.err).toMatch(/gives no token: .*az login/);
});
