import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../src/local/run/free-port.ts';

/** The command of a Jupyter server on this machine, such as Debian's package jupyter-server brings; null: there is none. */
export const jupyterCommand: string | null =
  ['jupyter-server', 'jupyter-lab', 'jupyter-notebook'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  ) ?? null;

export type RealJupyter = {
  readonly home: string;
  api(method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>>;
  /** Runs code in a kernel, as a notebook's cell; resolves when the kernel says that it is busy with it. */
  execute(kernelId: string, code: string): Promise<void>;
  stop(): Promise<void>;
};

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('close', resolve));
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[1]) === parent ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

/** A real Jupyter server with a home of its own, on loopback. */
export async function startJupyter(command: string): Promise<RealJupyter> {
  const home = mkdtempSync(join(tmpdir(), 'lamplighter-jupyter-'));
  const port = await freePort();
  const token = 'a-token-of-the-test';
  const child = spawn(
    command,
    [
      '--allow-root',
      '--no-browser',
      `--port=${port}`,
      `--ServerApp.token=${token}`,
      `--ServerApp.root_dir=${home}`,
    ],
    { env: { PATH: process.env['PATH'] ?? '', HOME: home }, stdio: 'ignore', detached: true },
  );
  const origin = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 300 && !(await answers(`${origin}/api/status?token=${token}`)); tries += 1) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}.`);
    await wait(100);
  }
  return {
    home,
    async api(method, path, body) {
      const response = await fetch(`${origin}/api/${path}`, {
        method,
        headers: { authorization: `token ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Record<string, unknown>;
    },
    async execute(kernelId, code) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/api/kernels/${kernelId}/channels?token=${token}`);
      await new Promise((resolve, reject) => {
        socket.addEventListener('open', resolve);
        socket.addEventListener('error', reject);
      });
      const busy = new Promise<void>((resolve) => {
        socket.addEventListener('message', ({ data }) => {
          const message = JSON.parse(String(data)) as {
            msg_type: string;
            content: { execution_state?: string };
          };
          if (message.msg_type === 'execute_input') resolve();
        });
      });
      const header = {
        msg_id: 'm-1',
        msg_type: 'execute_request',
        username: '',
        session: 's-1',
        date: '',
        version: '5.3',
      };
      const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
      socket.send(
        JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: 'shell', buffers: [] }),
      );
      await busy;
      socket.close();
    },
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) {
        // Kernels and terminals lead groups of their own.
        for (const pid of childrenOf(child.pid)) process.kill(pid, 'SIGKILL');
        process.kill(-child.pid, 'SIGKILL');
      }
      await ended(child);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
