import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportBody } from '../../../src/core/session/report-body.ts';
import {
  type FakeMachine,
  fakeMachine,
  type FakeProcess,
  inMinutes,
  reportOf,
} from '../../support/fake-machine.ts';

const user = 1000;
const hourSeconds = 3600;
const quiet = {
  version: 1,
  agent: '1',
  kernels: 'idle',
  terminals: 'idle',
  ssh: 'idle',
  vscode: 'idle',
  processes: 'idle',
  gpu: null,
  containers: 'idle',
  lastInputSecondsAgo: null,
  diskFreeMegabytes: expect.any(Number) as number,
};
const python: FakeProcess = { pid: 500, comm: 'python3', uid: user, cores: 1 };
const look = (machine: FakeMachine, settings = {}) => reportOf(fakeMachine(machine), settings);
const shell = (more: Partial<FakeProcess> = {}): FakeProcess => ({
  pid: 300,
  comm: 'bash',
  uid: user,
  pts: 0,
  ...more,
});

describe('the agent on a machine with', () => {
  it.each<[string, readonly FakeProcess[], object]>([
    ['daemons at work', [{ pid: 200, cores: 3 }], {}],
    ['a process under nohup', [python], { processes: 'busy' }],
    ['a process just below the threshold', [{ ...python, cores: 0.49 }], {}],
    [
      'many processes that use a little each',
      Array.from({ length: 30 }, (_, index) => ({ ...python, pid: 500 + index, cores: 0.02 })),
      { processes: 'busy' },
    ],
    ['a process of sudo', [shell({ pts: 0 }), { pid: 301, ppid: 300, cores: 1 }], { processes: 'busy' }],
    [
      'a process of sudo that was left alone',
      [{ pid: 301, cores: 1, environ: 'A=1\0SUDO_UID=1000\0' }],
      { processes: 'busy' },
    ],
    [
      'a process of a session that somebody logged in to',
      [{ pid: 301, cores: 1, loginuid: user }],
      { processes: 'busy' },
    ],
    ['work of the user nobody', [{ ...python, uid: 65_534 }], {}],
    ['short-lived children of a build', [{ ...python, cores: 0, childrenCores: 2 }], { processes: 'busy' }],
    [
      'the end of a child whose work was counted long ago',
      [
        { ...python, cores: 0, childrenCores: 50 },
        { pid: 501, comm: 'cc1', ppid: 500, uid: user, usedBefore: 50, only: 'before' },
      ],
      {},
    ],
    ['a new process', [{ ...python, only: 'after' }], { processes: 'busy' }],
    [
      'a container at work',
      [{ pid: 600, comm: 'python3', cores: 2, cgroup: '0::/system.slice/docker-abc.scope\n' }],
      { containers: 'busy' },
    ],
    ['a container that waits', [{ pid: 600, cgroup: '0::/system.slice/docker-abc.scope\n' }], {}],
    [
      'an SSH server that nobody uses',
      [{ pid: 700, comm: 'sshd', cmdline: 'sshd: /usr/sbin/sshd -D [listener]' }],
      {},
    ],
    [
      'an SSH server that somebody knocks at',
      [
        { pid: 701, comm: 'sshd', cmdline: 'sshd: [accepted]' },
        { pid: 702, comm: 'sshd', cmdline: 'sshd: ada [priv]' },
        { pid: 703, comm: 'sshd', cmdline: 'sshd: unknown [net]' },
      ],
      {},
    ],
  ])('%s', async (_what, processes, expected) => {
    expect(await look({ processes })).toEqual({ ...quiet, ...expected });
  });

  it.each<[string, FakeProcess, number, object]>([
    ['a shell at its prompt', shell(), 60, { lastInputSecondsAgo: 60 }],
    [
      'a query that waits in the foreground, in tmux or not',
      shell({ foreground: 301 }),
      2 * hourSeconds,
      { terminals: 'busy', lastInputSecondsAgo: 2 * hourSeconds },
    ],
    [
      'a program left open and forgotten',
      shell({ foreground: 301 }),
      4 * hourSeconds,
      { lastInputSecondsAgo: 4 * hourSeconds },
    ],
    [
      'a terminal that is the program',
      shell({ comm: 'python3' }),
      60,
      { terminals: 'busy', lastInputSecondsAgo: 60 },
    ],
    [
      'an SSH session',
      { pid: 700, comm: 'sshd', cmdline: 'sshd: ada@pts/0', uid: user },
      60,
      { ssh: 'busy' },
    ],
  ])('%s', async (_what, process, secondsAgo, expected) => {
    const report = await look({ processes: [process], terminals: { 0: secondsAgo } });
    const wanted = { ...quiet, ...expected };

    expect({ ...report, lastInputSecondsAgo: inMinutes(report['lastInputSecondsAgo']) }).toEqual({
      ...wanted,
      lastInputSecondsAgo: inMinutes(wanted.lastInputSecondsAgo),
    });
  });

  it.each<[string, FakeProcess, object, boolean]>([
    [
      'a file transfer',
      { pid: 700, comm: 'sshd', cmdline: 'sshd: ada@contoso.com@notty', movedBytes: 1e6 },
      { ssh: 'busy' },
      true,
    ],
    [
      'a forwarded port that only keeps itself alive',
      { pid: 700, comm: 'sshd', cmdline: 'sshd: ada', movedBytes: 9e3 },
      { ssh: 'busy' },
      false,
    ],
    [
      'an editor that is typed into',
      {
        pid: 800,
        comm: 'node',
        uid: user,
        cores: 0.05,
        cmdline: '/home/ada/.vscode-server/bin/node --type=extensionHost',
      },
      { vscode: 'busy' },
      true,
    ],
    [
      'an editor that is only open',
      {
        pid: 800,
        comm: 'node',
        uid: user,
        cores: 0.005,
        cmdline: '/home/ada/.vscode-server/bin/node --type=extensionHost',
      },
      { vscode: 'busy' },
      false,
    ],
  ])('%s', async (_what, process, expected, hasInput) => {
    const { lastInputSecondsAgo, ...report } = await look({ processes: [process] });
    const { lastInputSecondsAgo: _, ...rest } = { ...quiet, ...expected };

    expect(report).toEqual(rest);
    expect(Number(lastInputSecondsAgo) < 60).toBe(hasInput);
  });

  it.each<[string, Record<string, string>, string | null]>([
    ['one busy GPU of two', { 'nvidia-smi': "printf '0\\n97\\n'" }, 'busy'],
    ['idle GPUs', { 'nvidia-smi': "printf '0\\n4\\n'" }, 'idle'],
    ['GPUs that cannot be asked', { 'nvidia-smi': 'echo "[N/A]"' }, null],
    ['GPUs whose driver is broken', { 'nvidia-smi': 'exit 9' }, null],
  ])('%s', async (_what, programs, gpu) => {
    const devices = { 'dev/nvidia0': '', 'dev/nvidia1': '', 'dev/nvidiactl': '' };

    expect((await look({ processes: [], files: devices, programs }))['gpu']).toBe(gpu);
  });

  it('no process list to be read says that it does not know, and proves nothing', async () => {
    const root = fakeMachine({ processes: [] });
    rmSync(`${root}/proc`, { recursive: true });
    const report = await reportOf(root);

    expect(report).toMatchObject({ ssh: null, vscode: null, processes: null, containers: null });
    expect(reportBody.safeParse(report).success).toBe(true);
  });

  it('thresholds of its deployment obeys them, unless they are no numbers', async () => {
    expect((await look({ processes: [python] }, { cpuCoresBelow: 1.5 }))['processes']).toBe('idle');
    expect((await look({ processes: [python] }, { cpuCoresBelow: 'none' }))['processes']).toBe('busy');
  });

  it('telling names reports none of them', async () => {
    const secret = 'secret-project';
    const report = await look({
      processes: [
        {
          ...python,
          comm: secret,
          cmdline: `python3 ${secret}.py --of ada`,
          environ: `HOME=/home/${secret}\0`,
        },
        { pid: 700, comm: 'sshd', cmdline: `sshd: ${secret}@pts/0` },
        shell({ comm: secret, foreground: 500 }),
      ],
      terminals: { 0: 5 },
      files: { [`home/${secret}/.local/share/jupyter/runtime/jpserver-1.json`]: `{"token":"${secret}"` },
    });

    expect(reportBody.safeParse(report).success).toBe(true);
    expect(JSON.stringify(report)).not.toMatch(/secret|ada|python/);
  });
});
