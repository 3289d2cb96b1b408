import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { agentScript } from './agent-files.ts';

/** One process as /proc shows it; what is left out is a daemon's. */
export type FakeProcess = {
  readonly pid: number;
  readonly comm?: string;
  readonly ppid?: number;
  readonly uid?: number;
  readonly loginuid?: number;
  /** Number of its pseudo-terminal, of which it leads the session unless `leads` says who does. */
  readonly pts?: number;
  readonly leads?: number;
  /** Process group in the foreground of its terminal; its own if left out. */
  readonly foreground?: number;
  /** Cores it uses between the two looks, and cores that children used which ended meanwhile. */
  readonly cores?: number;
  readonly childrenCores?: number;
  /** What it had used at the first look, in core minutes. */
  readonly usedBefore?: number;
  /** It is there at this look only. */
  readonly only?: 'before' | 'after';
  readonly cmdline?: string;
  readonly cgroup?: string;
  readonly environ?: string;
  readonly movedBytes?: number;
};
export type FakeMachine = {
  readonly processes: readonly FakeProcess[];
  /** Seconds since the last input, by pseudo-terminal. */
  readonly terminals?: Readonly<Record<number, number>>;
  /** More files by their path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs found first on the agent's path. */
  readonly programs?: Readonly<Record<string, string>>;
};

const ticksPerMinute = 60 * 100;
const startedTicks = 100;

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function putProcess(folder: string, given: FakeProcess, look: 'before' | 'after'): void {
  const { pid, comm = 'daemon', ppid = 1, uid = 0, pts } = given;
  const since = look === 'after' ? 1 : 0;
  const own = Math.round(((given.usedBefore ?? 0) + since * (given.cores ?? 0)) * ticksPerMinute);
  const children = Math.round(since * (given.childrenCores ?? 0) * ticksPerMinute);
  const session = given.leads ?? pid;
  const tty = pts === undefined ? 0 : 136 * 256 + pts;
  const foreground = pts === undefined ? -1 : (given.foreground ?? pid);
  const stat = `${pid} (${comm}) S ${ppid} ${pid} ${session} ${tty} ${foreground} 0 0 0 0 0 ${own} 0 ${children} 0 20 0 1 0 ${startedTicks} 0 0\n`;
  const file = (name: string): string => join(folder, String(pid), name);
  put(file('stat'), stat);
  put(file('status'), `Name:\t${comm}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
  put(file('loginuid'), String(given.loginuid ?? 4_294_967_295));
  put(file('cgroup'), given.cgroup ?? '0::/system.slice\n');
  put(file('cmdline'), (given.cmdline ?? comm).replaceAll(' ', '\0'));
  put(file('environ'), given.environ ?? '');
  put(file('io'), `rchar: ${since * (given.movedBytes ?? 0)}\nwchar: 0\n`);
}

/** A folder that looks like the root of a machine, at two looks a minute apart. */
export function fakeMachine(machine: FakeMachine): string {
  const root = mkdtempSync(join(tmpdir(), 'lamplighter-machine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const init: FakeProcess = { pid: 1, comm: 'systemd', ppid: 0, cgroup: '0::/init.scope\n' };
  for (const look of ['before', 'after'] as const) {
    const folder = join(root, look === 'before' ? 'proc' : 'proc-after');
    put(join(folder, 'stat'), 'cpu 1 2 3\n');
    for (const process of [init, ...machine.processes]) {
      if (process.only === undefined || process.only === look) putProcess(folder, process, look);
    }
  }
  for (const [pts, secondsAgo] of Object.entries(machine.terminals ?? {})) {
    const file = join(root, 'dev/pts', pts);
    put(file, '');
    utimesSync(file, Date.now() / 1000 - secondsAgo, Date.now() / 1000 - secondsAgo);
  }
  for (const [path, text] of Object.entries(machine.files ?? {})) put(join(root, path), text);
  for (const [name, text] of Object.entries(machine.programs ?? {})) {
    put(join(root, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  return root;
}

/** What the agent's own Python says of it. */
export async function reportOf(root: string, settings: object = {}): Promise<Record<string, unknown>> {
  const driver = join(import.meta.dirname, 'agent-driver.py');
  const { stdout } = await promisify(execFile)(
    'python3',
    [driver, agentScript, root, JSON.stringify(settings)],
    { env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` } },
  );
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Seconds that a slow test adds are not told apart. */
export const inMinutes = (seconds: unknown): number | null =>
  typeof seconds === 'number' ? Math.floor((seconds + 5) / 60) : null;
