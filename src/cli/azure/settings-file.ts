import { readFileSync } from 'node:fs';
import { LamplighterError } from '../../core/errors.ts';

const line = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const quoted = /^(['"])(.*)\1$/;

function refuse(file: string, why: string, cause?: unknown): never {
  throw new LamplighterError(`The settings file ${file} ${why}.`, {
    code: 'cli.bad-settings',
    fault: 'caller',
    field: 'settings',
    fix: 'It has one NAME=value on each line, named as the settings of a deployment; # begins a comment.',
    cause,
  });
}

/** A deployment's settings as `NAME=value` lines. Throws `cli.bad-settings`, which names the line and shows no value. */
export function readSettingsFile(file: string): Readonly<Record<string, string>> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    return refuse(file, 'cannot be read', cause);
  }
  const settings: Record<string, string> = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const [, name, value] = line.exec(raw) ?? [];
    if (name === undefined || value === undefined) refuse(file, `cannot be read at line ${index + 1}`);
    settings[name] = quoted.exec(value.trim())?.[2] ?? value.trim();
  }
  return settings;
}
