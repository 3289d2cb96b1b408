import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LamplighterError } from '../../core/errors.ts';
import { freePort } from './free-port.ts';

/** The emulator's published account and key: no secret. */
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export type TableEmulator = {
  readonly connection: string;
  /** Saves and ends it. */
  close(): Promise<void>;
};

type Address = { readonly pid: number; readonly port: number };

const connectionTo = (port: number): string =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};TableEndpoint=http://127.0.0.1:${port}/${account};`;

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('successfully started')) resolve();
    };
    const fail = (why: string): void =>
      reject(
        new LamplighterError(`The storage emulator did not start: ${why}`, {
          code: 'local.emulator-failed',
          fault: 'deployment',
          fix: 'Run "npm ci" again; the emulator is one of the development dependencies.',
        }),
      );
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => fail(`it ended with ${code}. ${said.slice(0, 500)}`));
    child.once('error', (error) => fail(error.message));
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function remembered(file: string): Address | null {
  try {
    const { pid, port } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Address>;
    return typeof pid === 'number' && typeof port === 'number' ? { pid, port } : null;
  } catch {
    return null;
  }
}

async function ended(pid: number): Promise<void> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The storage emulator's table service for the ledger, its data in `folder`. Takes over the one that a killed run left
 * behind, with every row in it.
 */
export async function startTableEmulator(folder: string): Promise<TableEmulator> {
  mkdirSync(folder, { recursive: true });
  const addressFile = join(folder, 'process.json');
  const left = remembered(addressFile);
  const found = left !== null && isAlive(left.pid) && (await answers(left.port)) ? left : null;
  const address = found ?? (await spawnEmulator(folder));
  writeFileSync(addressFile, JSON.stringify(address));
  return {
    connection: connectionTo(address.port),
    async close() {
      if (!isAlive(address.pid)) return;
      process.kill(address.pid, 'SIGTERM');
      await ended(address.pid);
    },
  };
}

async function spawnEmulator(folder: string): Promise<Address> {
  const port = await freePort();
  const main = fileURLToPath(new URL('table-emulator-process.ts', import.meta.url));
  const flags = ['--skipApiVersionCheck', '--silent', '--disableTelemetry', '--location', folder];
  const child = spawn(
    process.execPath,
    [main, '--tableHost', '127.0.0.1', '--tablePort', String(port), ...flags],
    // Out of the terminal's process group: Ctrl-C ends the app first, and then the app ends this.
    { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  if (child.pid === undefined) throw new Error('The storage emulator got no process.');
  const { pid } = child;
  try {
    await started(child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  child.removeAllListeners('exit');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  child.channel?.unref();
  return { pid, port };
}
