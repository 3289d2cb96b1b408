import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ComputeRef } from '../../src/core/ids.ts';
import { readEnrolment } from '../../src/ledger/enrolments.ts';
import { readReports } from '../../src/ledger/reports.ts';
import { closeWarning, insertWarning, readOpenWarning } from '../../src/ledger/warnings.ts';
import { type AppUnderTest, appUnderTest } from '../support/app-under-test.ts';
import { fakeMachine } from '../support/fake-machine.ts';
import { knowCompute, pathOf, personOf } from '../support/known-compute.ts';

const minuteMs = 60_000;
const run = promisify(execFile);

/** An app on a socket, and a folder that stands for a machine's disk; the agent is installed there as an owner does it. */
async function machine() {
  const app = await appUnderTest();
  const origin = await app.listen();
  const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
  const root = fakeMachine({ processes: [], terminals: { 0: 7200 } });
  const installer = await (await fetch(`${origin}/api/agent`)).text();
  /** Runs the installer as `curl … | sh -s -- WORDS`. */
  const sh = async (...words: string[]): Promise<{ code: number; out: string }> => {
    const file = join(root, 'install.sh');
    writeFileSync(file, installer);
    try {
      const { stdout, stderr } = await run('sh', [file, ...words], {
        env: { ...process.env, LAMPLIGHTER_AGENT_ROOT: root },
      });
      return { code: 0, out: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    }
  };
  const code = async (): Promise<string> => {
    const made = await app.ask('POST', `${pathOf('ci-ada')}/enrolments`, { as: 'ada', body: {} });
    return String(made.json['code']);
  };
  return { app, origin, ref, root, installer, sh, code };
}

async function until<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== null) return found;
    await wait(25);
  }
  throw new Error('It did not happen within ten seconds.');
}

/** Lets the installed agent report once a second until the test ends. */
function start(root: string): string[] {
  const complaints: string[] = [];
  const script = join(root, 'opt/lamplighter-agent/session-agent.py');
  const child = spawn('python3', [script, 'run', '--root', root, '--period', '0.3']);
  child.stderr.on('data', (data: Buffer) => complaints.push(data.toString()));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  });
  return complaints;
}

/** The next report of the agent: another minute begins, so that it is welcome. */
async function nextReport(app: AppUnderTest, ref: ComputeRef) {
  app.clock.advanceTo(app.clock.now() + minuteMs);
  const fromAt = app.clock.now();
  return until(async () => (await readReports(app.ledger, ref, fromAt, fromAt + minuteMs))[0] ?? null);
}

describe('the installer', () => {
  it('brings the agent on with a code, and takes it off and says so', async () => {
    const { app, ref, root, sh, code } = await machine();
    const installed = await sh(await code());
    const key = statSync(join(root, 'etc/lamplighter-agent/key.pem'));

    expect(installed).toEqual({
      code: 0,
      out: expect.stringContaining('reports as ci-ada in workspace ws-one'),
    });
    expect([key.mode & 0o777, statSync(join(root, 'etc/lamplighter-agent')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
    expect((await readEnrolment(app.ledger, ref)).enrolment.keys).toHaveLength(1);

    const removed = await sh('--remove');

    expect(removed).toEqual({ code: 0, out: 'The session agent is gone from this machine.\n' });
    expect((await readEnrolment(app.ledger, ref)).enrolment.keys).toEqual([]);
    expect(
      ['opt/lamplighter-agent', 'etc/lamplighter-agent', 'var/lib/lamplighter-agent'].filter((one) =>
        existsSync(join(root, one)),
      ),
    ).toEqual([]);
  });

  it('says what is wrong with a code, and leaves nothing that runs', async () => {
    const { root, sh } = await machine();
    const { code, out } = await sh('AAAAA-BBBBB-CCCCC-DDDDD-EEEEE');

    expect(code).toBe(1);
    expect(out).toContain('This enrolment code is not valid');
    expect(existsSync(join(root, 'opt/lamplighter-agent/session-agent.py'))).toBe(false);
  });

  it.each([[[]], [['--help-me']], [['one', 'two']]])('refuses the words %j', async (words) => {
    const { sh } = await machine();

    expect((await sh(...words)).code).toBe(1);
  });

  it('installs nothing that is not what it belongs to', async () => {
    const { root, installer, code } = await machine();
    const file = join(root, 'other.sh');
    writeFileSync(file, installer.replace(/sha256='\w{64}'/, `sha256='${'0'.repeat(64)}'`));
    const failed = await run('sh', [file, await code()], {
      env: { ...process.env, LAMPLIGHTER_AGENT_ROOT: root },
    }).catch((error: unknown) => error as { stderr: string });

    expect(failed.stderr).toContain('Nothing was installed');
    expect(existsSync(join(root, 'etc/lamplighter-agent'))).toBe(false);
  });

  it('is whole or not at all: half of it does nothing', async () => {
    const { root, installer } = await machine();
    const file = join(root, 'half.sh');
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      writeFileSync(file, installer.slice(0, Math.floor(installer.length * share)));
      await run('sh', [file, '--remove'], { env: { ...process.env, LAMPLIGHTER_AGENT_ROOT: root } }).catch(
        () => null,
      );
    }

    expect(existsSync(join(root, 'dev/pts/0'))).toBe(true);
    expect(existsSync(join(root, 'opt'))).toBe(false);
  });

  it('is served for the address of the deployment, with the checksum of the script served beside it', async () => {
    const { app, origin, installer } = await machine();
    const script = await app.ask('GET', '/api/agent/session-agent.py');

    expect(installer).toContain(`address='${origin}'`);
    expect(installer).toContain(`sha256='${script.headers.get('x-checksum-sha256') ?? 'none'}'`);
    expect(installer).not.toMatch(/@[A-Z0-9]+@/);
    expect((await app.ask('GET', '/api/agent', { headers: { host: "x';reboot;'" } })).status).not.toBe(200);
  });
});

describe('the installed agent', () => {
  it('reports minute by minute, though its clock is months off, and takes a new key when it is told to', async () => {
    const { app, ref, root, sh, code } = await machine();
    await sh(await code());
    const complaints = start(root);
    const report = await nextReport(app, ref);
    const [key] = (await readEnrolment(app.ledger, ref)).enrolment.keys;
    app.clock.advanceTo(app.clock.now() + 31 * 24 * 60 * minuteMs);
    const rotated = await until(async () => {
      const { keys } = (await readEnrolment(app.ledger, ref)).enrolment;
      return keys.length === 2 ? keys : null;
    });
    const after = await nextReport(app, ref);
    const used = await until(async () => {
      const { keys } = (await readEnrolment(app.ledger, ref)).enrolment;
      return keys[1]?.counter === 0 ? null : keys[1];
    });

    expect(report).toMatchObject({ kernels: 'idle', ssh: 'idle', processes: 'idle' });
    expect(rotated.map(({ keyId }) => keyId)).toEqual([key?.keyId, used?.keyId]);
    expect(after.processes).toBe('idle');
    expect(complaints.join('')).not.toContain('Traceback');
  });

  it('shows a warning once, runs the owner’s scripts before the stop, and tells when it is off', async () => {
    const { app, ref, root, sh, code } = await machine();
    await sh(await code());
    const scripts = join(root, 'etc/lamplighter-agent/before-stop.d');
    const marks = join(root, 'marks');
    const script = (name: string, text: string, mode: number): void => {
      writeFileSync(join(scripts, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(scripts, name), mode);
    };
    script('10-save', `echo "saved $LAMPLIGHTER_STOP_IN_SECONDS" >>${marks}`, 0o755);
    script('20-by-anybody', `echo unsafe >>${marks}`, 0o777);
    script('30-not-a-program', `echo no >>${marks}`, 0o644);
    const screen = (): string => readFileSync(join(root, 'dev/pts/0'), 'latin1');
    const at = app.clock.now();
    await insertWarning(app.ledger, {
      ref,
      warningId: 'w-1',
      reason: 'warn.idle',
      owner: personOf('ada'),
      sweepId: 'sweep-1',
      dueInSweep: 1,
      released: false,
      openedAt: at,
      warnMs: 10 * minuteMs,
      warnedAt: at,
      stopDueAt: at + 9 * minuteMs,
      deliveryAttempts: 1,
      undeliveredBecause: null,
      stopRequestedAt: null,
      stopAcceptedAt: null,
      stopAttempts: 0,
      startedAt: null,
      idleSinceAt: null,
      pricePerHourUsd: null,
    });
    start(root);
    await nextReport(app, ref);
    await until(() => (screen().includes('Lamplighter:') ? true : null));
    expect(existsSync(marks)).toBe(false);

    for (let minute = 0; minute < 4; minute += 1) await nextReport(app, ref);
    await until(() => (existsSync(marks) ? true : null));
    await nextReport(app, ref);
    const shown = screen();
    renameSync(join(root, 'dev/pts/0'), join(root, 'dev/pts/1'));
    const open = await readOpenWarning(app.ledger, ref, 'warn.idle');
    if (open === null) throw new Error('The warning is gone.');
    await closeWarning(app.ledger, open, {
      outcome: 'withdrawn',
      closedAt: at,
      closedReason: 'keep.snoozed',
      tell: null,
    });
    await nextReport(app, ref);
    await until(() =>
      readFileSync(join(root, 'dev/pts/1'), 'latin1').includes('not stopped after all') ? true : null,
    );

    expect(shown.match(/Lamplighter:/g)).toHaveLength(1);
    expect(readFileSync(marks, 'utf8')).toBe('saved 300\n');
  }, 60_000);

  it('that was removed over there says so and goes quiet', async () => {
    const { app, ref, root, sh, code } = await machine();
    await sh(await code());
    await app.ask('DELETE', `${pathOf('ci-ada')}/enrolments`, { as: 'ada' });
    const complaints = start(root);
    await until(() => (complaints.length > 0 ? true : null));
    app.clock.advanceTo(app.clock.now() + minuteMs);

    expect(complaints.join('')).toMatch(/is not enrolled|more than five minutes/);
    expect(await readReports(app.ledger, ref, 0, app.clock.now())).toEqual([]);
  });
});
