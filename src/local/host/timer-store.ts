import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';

/** What is known of a timer across restarts. Times in ms; `null`: never. */
export type TimerStatus = {
  readonly last: number | null;
  readonly next: number;
  readonly lastUpdated: number | null;
};

export interface TimerStore {
  load(functionName: string): TimerStatus | undefined;
  save(functionName: string, status: TimerStatus): void;
}

export function memoryTimerStore(): TimerStore {
  const statuses = new Map<string, TimerStatus>();
  return {
    load: (name) => statuses.get(name),
    save: (name, status) => void statuses.set(name, status),
  };
}

const fileSchema = z.object({
  formatVersion: z.literal(1),
  timers: z.record(
    z.string(),
    z.object({ last: z.number().nullable(), next: z.number(), lastUpdated: z.number().nullable() }),
  ),
});

/** Keeps the statuses in one JSON file, replaced as a whole. A damaged file is refused by name, never overwritten. */
export function fileTimerStore(file: string): TimerStore {
  const timers = new Map<string, TimerStatus>(Object.entries(readTimers(file)));
  return {
    load: (name) => timers.get(name),
    save: (name, status) => {
      timers.set(name, status);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify({ formatVersion: 1, timers: Object.fromEntries(timers) }));
      renameSync(`${file}.new`, file);
    },
  };
}

function readTimers(file: string): Record<string, TimerStatus> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).timers;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new LamplighterError(`The timer file ${file} cannot be read.`, {
      code: 'host.timer-file',
      fault: 'deployment',
      fix: 'Delete it; timers then start as if they had never run.',
      field: file,
      cause,
    });
  }
}
