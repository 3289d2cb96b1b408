import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';

const runSchema = z.object({
  formatVersion: z.literal(1),
  /** False while a run goes on, and after it was killed. */
  ended: z.boolean(),
  /** What the clock showed last. */
  shownAt: z.number(),
});

/** Everything a run must find again after it was killed, in one folder. */
export type StateFolder = {
  readonly path: string;
  readonly azureFile: string;
  readonly hubFile: string;
  readonly timerFile: string;
  readonly tablesFolder: string;
  /** Settings for the command line, while the run goes on. */
  readonly settingsFile: string;
  /** The way to the app as a data scientist, in the same form. */
  readonly userSettingsFile: string;
  /** Seals links in messages: as lasting as the messages. */
  readonly linkKey: string;
  /** What the clock showed last in a run that did not end; null: there is none, and the folder is empty. */
  readonly resumeAt: number | null;
  save(shownAt: number, ended: boolean): void;
};

/** Replaced as a whole, so that a kill leaves the old text or the new. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function unfinished(file: string): number | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  try {
    const run = runSchema.parse(JSON.parse(text));
    return run.ended ? null : run.shownAt;
  } catch (cause) {
    throw new LamplighterError(`${file} is not what a run of Lamplighter writes.`, {
      code: 'local.bad-state',
      fault: 'caller',
      field: 'state',
      fix: 'Start with --fresh to begin anew, or name another folder with --state.',
      cause,
    });
  }
}

/** Random, readable by nobody else, and the same for the next run that goes on with the folder. */
function keptKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const key = randomBytes(32).toString('base64');
    writeFileSync(file, key, { mode: 0o600 });
    return key;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A run saves twice a second, so a record this old belongs to a killed one, whoever has its process id by now. */
const savedWithinMs = 60_000;

/** Two runs in one folder would write over each other's state, and the second to end would end the first's ledger. */
function requireUnused(path: string, runFile: string, ownerFile: string): void {
  let pid: number;
  try {
    if (Date.now() - statSync(runFile).mtimeMs > savedWithinMs) return;
    if (runSchema.parse(JSON.parse(readFileSync(runFile, 'utf8'))).ended) return;
    pid = Number(readFileSync(ownerFile, 'utf8'));
  } catch {
    return;
  }
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return;
  throw new LamplighterError(`Another run (process ${pid}) keeps its state in ${path}.`, {
    code: 'local.state-in-use',
    fault: 'caller',
    field: 'state',
    fix: 'End it first, or give this one another folder and port: npm start -- --state .lamplighter-2 --port 7072.',
  });
}

/** A run that ended in order left nothing to go on with, so the next one begins anew. */
export function openStateFolder(folder: string, fresh: boolean): StateFolder {
  const path = resolve(folder);
  const runFile = join(path, 'run.json');
  const ownerFile = join(path, 'run.pid');
  requireUnused(path, runFile, ownerFile);
  const resumeAt = fresh ? null : unfinished(runFile);
  if (resumeAt === null) {
    for (const name of [
      'run.json',
      'azure.json',
      'hub.sqlite',
      'hub.sqlite-wal',
      'hub.sqlite-shm',
      'timers.json',
      'tables',
      'link.key',
      'settings.env',
      'priya.env',
    ]) {
      rmSync(join(path, name), { recursive: true, force: true });
    }
  }
  mkdirSync(path, { recursive: true });
  writeFileSync(ownerFile, String(process.pid));
  return {
    path,
    azureFile: join(path, 'azure.json'),
    hubFile: join(path, 'hub.sqlite'),
    timerFile: join(path, 'timers.json'),
    tablesFolder: join(path, 'tables'),
    settingsFile: join(path, 'settings.env'),
    userSettingsFile: join(path, 'priya.env'),
    linkKey: keptKey(join(path, 'link.key')),
    resumeAt,
    save: (shownAt, ended) => replaceFile(runFile, JSON.stringify({ formatVersion: 1, ended, shownAt })),
  };
}
