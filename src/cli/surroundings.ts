import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Look } from '../present/table.ts';
import { terminalLook } from './terminal-look.ts';

export type TerminalStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

/** All that a command needs of the machine it runs on, so that it can run in a test as on a terminal. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** How to write to stdout. */
  readonly look: Look;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly newKey: () => string;
  /** Asks whoever sits at the terminal; null: nobody does. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

export const processSurroundings = (): Surroundings => ({
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  look: terminalLook(process.stdout, process.env),
  now: () => Date.now(),
  pause: (ms) => pause(ms),
  newKey: randomUUID,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : null,
});
