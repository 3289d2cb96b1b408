import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LamplighterError } from '../../core/errors.ts';

const isScenario = (name: string): boolean => /\.ya?ml$/i.test(name);

const unreadable = (path: string, message: string, fix: string, cause?: unknown): LamplighterError =>
  new LamplighterError(`${path}: ${message}`, {
    code: 'scenario.unreadable',
    fault: 'caller',
    field: path,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });

/** What the system says about a path, in words. */
export function unreadableFile(path: string, cause: unknown): LamplighterError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder.',
    EACCES: 'it may not be read.',
    EISDIR: 'it is a folder.',
    ELOOP: 'its links lead in a circle.',
  };
  return unreadable(path, why[code] ?? `it cannot be read (${code}).`, 'Check the path.', cause);
}

function listFolder(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && isScenario(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The scenario files of one argument: itself, or all below it in order of their paths. Throws `scenario.unreadable`. */
export function scenarioFiles(path: string): readonly string[] {
  let files: readonly string[];
  try {
    if (!statSync(path).isDirectory()) return [path];
    files = listFolder(path);
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
  if (files.length > 0) return files;
  throw unreadable(path, 'the folder holds no .yaml or .yml file.', 'Name a folder with scenarios.');
}
