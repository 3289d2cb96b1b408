import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type CrashingHost = {
  readonly port: number;
  /** What the host printed so far. */
  readonly lines: readonly string[];
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>;
  stop(): void;
};

/** Starts a host in a process of its own; its app crashes on `/api/uncaught` and `/api/unhandled`, on the latter not if it is careful. */
export async function startCrashingHost(app: 'careless' | 'careful' = 'careless'): Promise<CrashingHost> {
  const script = fileURLToPath(new URL('crashing-host.ts', import.meta.url));
  const child = spawn(process.execPath, [script, app], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const [first] = (await Promise.race([
    once(reader, 'line'),
    ended.then((code) => Promise.reject(new Error(`The host ended with ${code} before it listened.`))),
  ])) as [string];
  const port = Number(/^port (\d+)$/.exec(first)?.[1]);
  return { port, lines, ended, stop: () => void child.kill() };
}
