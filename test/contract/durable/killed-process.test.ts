import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteHubStore } from '../../../src/local/durable/sqlite-hub-store.ts';
import { WORKFLOW_END } from '../../support/durable/workflow-app.ts';

const WORKER = fileURLToPath(new URL('../../support/durable/killable-worker.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the worker, kills it without warning at its n-th change, and says whether it came to its end before. */
async function runUntilChange(path: string, deathAt: number): Promise<'ended' | 'killed'> {
  const worker = spawn(process.execPath, [WORKER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<NodeJS.Signals | number | null>((resolve) => {
    worker.once('exit', (code, signal) => resolve(signal ?? code));
  });
  let changes = 0;
  for await (const _ of createInterface({ input: worker.stdout })) {
    changes += 1;
    if (changes === deathAt) worker.kill('SIGKILL');
  }
  const end = await exited;
  if (end === 'SIGKILL') return 'killed';
  expect(end).toBe(0);
  return 'ended';
}

describe('a process killed without warning', () => {
  it('goes on where it was when it is started again', async () => {
    const path = join(folder, 'hub.db');
    const lives: string[] = [];
    for (const deathAt of [3, 8, 15]) lives.push(await runUntilChange(path, deathAt));
    lives.push(await runUntilChange(path, Number.POSITIVE_INFINITY));
    expect(lives.filter((end) => end === 'killed').length).toBeGreaterThanOrEqual(2);
    expect(lives.at(-1)).toBe('ended');

    const store = SqliteHubStore.open(path);
    const rows = [...store.state.instances.values()];
    expect(rows.map(({ instanceId, status, output }) => [instanceId, status, output])).toEqual(WORKFLOW_END);
    expect(store.state.messages.size + store.state.activities.size).toBe(0);
    store.close();
  });
});
