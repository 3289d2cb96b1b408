import { readFileSync } from 'node:fs';
import { LamplighterError } from '../../core/errors.ts';
import { faultLine } from '../../core/yaml/fault.ts';
import { type Feature, unsupportedFeatures } from '../../local/simulation/scenario/features.ts';
import { parseScenario } from '../../local/simulation/scenario/parse.ts';
import type { Scenario } from '../../local/simulation/scenario/types.ts';
import { supportedFeatures } from '../../local/simulation/supported-features.ts';
import { scenarioFiles, unreadableFile } from './scenario-files.ts';

/** A file that cannot be run, and every reason, each on a line that begins with the file's name. */
export type UnreadableFile = { readonly file: string; readonly lines: readonly string[] };
export type ReadScenarios = {
  readonly scenarios: readonly Scenario[];
  readonly unreadable: readonly UnreadableFile[];
};

function textOf(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    if (cause instanceof TypeError) {
      throw new LamplighterError(`${file}: it is not UTF-8 text.`, {
        code: 'scenario.unreadable',
        fault: 'caller',
        field: file,
        fix: 'Save it as UTF-8.',
        cause,
      });
    }
    throw unreadableFile(file, cause);
  }
}

function readScenario(file: string, supported: ReadonlySet<Feature>): Scenario | UnreadableFile {
  const parsed = parseScenario(file, textOf(file));
  if (!parsed.ok) return { file, lines: parsed.faults.map((fault) => faultLine(file, fault)) };
  const unsupported = unsupportedFeatures(parsed.scenario, supported);
  if (unsupported.length === 0) return parsed.scenario;
  return {
    file,
    lines: unsupported.map(
      ({ key, line, feature }) => `${file}:${line} ${key}: ${feature} is not supported yet`,
    ),
  };
}

const isUnreadable = (read: Scenario | UnreadableFile): read is UnreadableFile => 'lines' in read;

/** Everything below the paths; a file that cannot be read keeps none of the others from being run. */
export function readScenarios(
  paths: readonly string[],
  supported: ReadonlySet<Feature> = supportedFeatures,
): ReadScenarios {
  if (paths.length === 0) {
    throw new LamplighterError('No scenario file was named.', {
      code: 'scenario.none',
      fault: 'caller',
      fix: 'Name files or folders: lamplighter simulate test/scenarios',
    });
  }
  const scenarios: Scenario[] = [];
  const unreadable: UnreadableFile[] = [];
  const attempt = (file: string, act: () => void): void => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof LamplighterError)) throw error;
      unreadable.push({ file, lines: [`${error.message} ${error.fix}`] });
    }
  };
  for (const path of paths) {
    attempt(path, () => {
      for (const file of scenarioFiles(path)) {
        attempt(file, () => {
          const read = readScenario(file, supported);
          if (isUnreadable(read)) unreadable.push(read);
          else scenarios.push(read);
        });
      }
    });
  }
  return { scenarios, unreadable };
}
