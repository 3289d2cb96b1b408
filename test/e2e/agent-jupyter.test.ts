import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readReports } from '../../src/ledger/reports.ts';
import { agentScript } from '../support/agent-files.ts';
import { appUnderTest } from '../support/app-under-test.ts';
import { knowCompute, pathOf } from '../support/known-compute.ts';
import { jupyterCommand, type RealJupyter, startJupyter } from '../support/real-jupyter.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const anotherUser = 12_345;

if (jupyterCommand === null) {
  console.warn(
    'SKIPPED: the session agent beside a real Jupyter. Install one to run it: apt-get install jupyter-server python3-ipykernel',
  );
}

async function look(...more: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run('python3', [agentScript, 'show', '--seconds', '1', ...more]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.skipIf(jupyterCommand === null)('the agent beside a real Jupyter', () => {
  let jupyter: RealJupyter;
  beforeAll(async () => {
    jupyter = await startJupyter(jupyterCommand ?? '');
  });
  afterAll(() => jupyter.stop());

  it('is no activity to Jupyter', async () => {
    const before = await jupyter.api('GET', 'status?no_track_activity=1');
    const report = await look();
    const after = await jupyter.api('GET', 'status?no_track_activity=1');

    expect(report).toMatchObject({ kernels: 'idle', terminals: 'idle' });
    expect(report['diskFreeMegabytes']).toBeGreaterThan(0);
    expect(after['last_activity']).toBe(before['last_activity']);
  });

  it('sees a cell that waits for something elsewhere, though the machine does nothing', async () => {
    const [one] = [await jupyter.api('POST', 'kernels', {}), await jupyter.api('POST', 'kernels', {})];
    const waiting = await look();
    await jupyter.execute(String(one['id']), 'import time; time.sleep(600)');

    expect(waiting).toMatchObject({ kernels: 'idle', terminals: 'idle' });
    expect(await look()).toMatchObject({ kernels: 'busy', terminals: 'idle' });
  });

  it('sees a terminal that was just used', async () => {
    await jupyter.api('POST', 'terminals');

    expect(await look()).toMatchObject({ terminals: 'busy' });
  });

  it('sees a process that was left to itself', async () => {
    const child = spawn('nohup', ['sh', '-c', 'while :; do :; done'], {
      stdio: 'ignore',
      detached: true,
      cwd: '/',
      ...(isRoot ? { uid: anotherUser, gid: anotherUser } : {}),
    });
    onTestFinished(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    });

    // A loaded machine may leave it little of a core.
    expect(await look('--cores', '0.05')).toMatchObject({ processes: 'busy' });
  });

  it('reports it all to the app, for less than 1 % of a core', async () => {
    const app = await appUnderTest();
    const origin = await app.listen();
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    const root = mkdtempSync(join(tmpdir(), 'lamplighter-agent-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
    // Its own files go to a folder of the test; processes and Jupyter's files are this machine's.
    symlinkSync('/proc', join(root, 'proc'));
    mkdirSync(join(root, dirname(jupyter.home)), { recursive: true });
    symlinkSync(jupyter.home, join(root, jupyter.home));
    const made = await app.ask('POST', `${pathOf('ci-ada')}/enrolments`, { as: 'ada', body: {} });
    const installer = join(root, 'install.sh');
    writeFileSync(installer, await (await fetch(`${origin}/api/agent`)).text());
    await run('sh', [installer, String(made.json['code'])], {
      env: { ...process.env, LAMPLIGHTER_AGENT_ROOT: root },
    });

    const script = join(root, 'opt/lamplighter-agent/session-agent.py');
    const agent = spawn('python3', [script, 'run', '--root', root, '--period', '0.3'], { stdio: 'ignore' });
    onTestFinished(async () => {
      agent.kill('SIGKILL');
      await new Promise((resolve) => agent.once('close', resolve));
    });
    const cpuSeconds = (): number => {
      const fields = readFileSync(`/proc/${agent.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
    };
    const next = async () => {
      app.clock.advanceTo(app.clock.now() + 60_000);
      for (let tries = 0; tries < 400; tries += 1) {
        const [report] = await readReports(app.ledger, ref, app.clock.now(), app.clock.now() + 1);
        if (report !== undefined) return report;
        await wait(25);
      }
      throw new Error('No report came.');
    };
    const first = await next();
    const spentBefore = cpuSeconds();
    // Between two minutes of ours the agent looks more often than once: what it spends here is more than a minute's.
    for (let minute = 0; minute < 5; minute += 1) await next();
    const perMinute = (cpuSeconds() - spentBefore) / 5;

    expect(first).toMatchObject({ kernels: 'busy', terminals: 'busy' });
    expect(perMinute).toBeLessThan(0.6);
    console.log(
      `the agent: ${perMinute.toFixed(2)} s of CPU a minute, ${(perMinute / 0.6).toFixed(2)} % of a core`,
    );
  });
});
