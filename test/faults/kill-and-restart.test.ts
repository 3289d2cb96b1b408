import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../scripts/build.ts';
import type { SimulatedAzureSnapshot } from '../../src/local/azure/index.ts';
import { seededRandom } from '../../src/local/seeded-random.ts';

const main = resolve(import.meta.dirname, '../../src/local/main.ts');
// Half an hour of warning passes in three seconds.
const factor = 600;

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
beforeAll(async () => {
  await buildApp();
});

type Ending = { readonly killed: boolean; readonly code: number | null; readonly output: string };

/** Runs `npm start -- --once` in a process of its own; kills it without a word after `killAfterMs`. */
function runOnce(state: string, killAfterMs: number | null): Promise<Ending> {
  const flags = ['--once', '--port', '0', '--factor', String(factor), '--state', state];
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const killer = killAfterMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((done) => {
    child.once('exit', (code, signal) => {
      clearTimeout(killer);
      done({ killed: signal === 'SIGKILL', code, output });
    });
  });
}

const azureOf = (state: string): SimulatedAzureSnapshot =>
  JSON.parse(readFileSync(join(state, 'azure.json'), 'utf8')) as SimulatedAzureSnapshot;

function acceptedStops(state: string): readonly string[] {
  return azureOf(state)
    .writes.filter(({ operation, byApp }) => operation === 'stop' && byApp)
    .map(({ compute }) => compute ?? '')
    .sort();
}

describe('npm start, killed', () => {
  it('goes on after kills at random moments to the same stops, none of them twice', async () => {
    const undisturbed = join(folder, 'undisturbed');
    const quiet = await runOnce(undisturbed, null);
    expect(quiet.output).toContain('Stopped 3 instances');

    const random = seededRandom(Number(process.env['LAMPLIGHTER_TEST_SEED'] ?? 7));
    const disturbed = join(folder, 'disturbed');
    let kills = 0;
    let last: Ending;
    do {
      last = await runOnce(disturbed, kills < 4 ? 1_200 + random() * 3_500 : null);
      if (last.killed) kills++;
    } while (last.killed);

    expect(kills).toBeGreaterThan(0);
    expect(last).toMatchObject({ code: 0 });
    expect(acceptedStops(disturbed)).toEqual(acceptedStops(undisturbed));
  }, 120_000);
});
