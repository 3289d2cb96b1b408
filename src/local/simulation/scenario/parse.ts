import { mergePolicy, policyText } from '../../../core/policy/merge.ts';
import { parsePolicyNode } from '../../../core/policy/parse.ts';
import { openYaml, type YamlDocument } from '../../../core/yaml/document.ts';
import { inFileOrder, type YamlFault, type YamlPath } from '../../../core/yaml/fault.ts';
import { vmSizeCatalogue } from '../../azure/vm-sizes.ts';
import { toCompute } from './compute.ts';
import { deedSchemas, deedWords, type DeedWord, type ReadDeed } from './deed-schemas.ts';
import { announce, checkDeed, toDeed } from './deeds.ts';
import { readExpectation } from './expectations.ts';
import { NameTable } from './name-table.ts';
import { FaultCollector } from './reader.ts';
import type { Scenario, ScenarioPolicy, StatedExpectation, TimedDeed } from './types.ts';
import { usesOf } from './uses.ts';
import { fileSchema, type ReadFile } from './world-schema.ts';
import { checkWorld, sizesOf, toWorld } from './world.ts';

export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listIn = (root: unknown, key: string): readonly unknown[] => {
  const list = isMapping(root) ? root[key] : undefined;
  return Array.isArray(list) ? list : [];
};

function readDeed(entry: unknown, path: YamlPath, faults: FaultCollector): ReadDeed | null {
  const word = isMapping(entry) ? entry['do'] : undefined;
  if (typeof word === 'string' && !Object.hasOwn(deedSchemas, word)) {
    faults.addUnknown([...path, 'do'], 'deed', word, deedWords);
    return null;
  }
  if (typeof word !== 'string') {
    faults.add(
      isMapping(entry) ? [...path, 'do'] : path,
      isMapping(entry)
        ? `found no do, expected one of ${deedWords.join(', ')}`
        : 'expected a mapping with at and do',
    );
    return null;
  }
  return faults.check(deedSchemas[word as DeedWord], entry, path);
}

function readPolicy(plain: unknown, path: YamlPath, faults: FaultCollector): ScenarioPolicy | null {
  const parsed = parsePolicyNode(plain, faults.locate, path);
  if (parsed.ok) return { plain: plain ?? {}, text: policyText(plain), policy: parsed.policy };
  faults.faults.push(...parsed.faults);
  return null;
}

/** The policy after each `setPolicy`, laid over the one before it in time; by index in the timeline. */
function laterPolicies(
  first: ScenarioPolicy,
  deeds: readonly ReadDeed[],
  faults: FaultCollector,
): ReadonlyMap<number, ScenarioPolicy> {
  const found = new Map<number, ScenarioPolicy>();
  let { plain } = first;
  for (const [index, deed] of inTimeOrder(deeds)) {
    if (deed.do !== 'setPolicy') continue;
    plain = mergePolicy(plain, deed.policy ?? {});
    const policy = readPolicy(plain, ['timeline', index, 'policy'], faults);
    if (policy === null) break;
    found.set(index, policy);
  }
  return found;
}

const inTimeOrder = (deeds: readonly ReadDeed[]): (readonly [number, ReadDeed])[] =>
  [...deeds.entries()].sort(([, a], [, b]) => a.at - b.at);

type Reading = {
  readonly file: ReadFile;
  readonly deeds: readonly ReadDeed[];
  readonly expectations: readonly NonNullable<ReturnType<typeof readExpectation>>[];
  readonly policy: ScenarioPolicy;
};

/** What schemas can see: every entry on its own. */
function readEntries(root: unknown, faults: FaultCollector): Reading | null {
  const file = faults.check(fileSchema, root, []);
  const policy = readPolicy(isMapping(root) ? root['policy'] : undefined, ['policy'], faults);
  const deeds = listIn(root, 'timeline').map((entry, index) => readDeed(entry, ['timeline', index], faults));
  const expectations = listIn(root, 'expect').map((entry, index) =>
    readExpectation(entry, ['expect', index], faults),
  );
  if (file === null || policy === null || faults.faults.length > 0) return null;
  return {
    file,
    policy,
    deeds: deeds.filter((deed) => deed !== null),
    expectations: expectations.filter((expectation) => expectation !== null),
  };
}

/** What only the file as a whole can show: names, times after the end, policies laid over each other. */
function assemble(fileName: string, reading: Reading, faults: FaultCollector): Scenario {
  const { file, deeds, policy } = reading;
  const startAt = file.start;
  const endAt = startAt + file.duration;
  const sizes = sizesOf(file, faults);
  const context = { startAt, sizes: vmSizeCatalogue(sizes) };
  const names = new NameTable(faults, {
    users: file.users === undefined ? null : file.users.map(({ name }) => name),
    teams: (file.users ?? []).flatMap(({ teams }) => teams),
    workspaces: file.workspaces.map(({ name }) => name),
  });
  for (const { name, workspace } of file.computes) names.addCompute(name, workspace);
  for (const deed of deeds) announce(deed, names);

  checkWorld(file, context, names, faults);
  const policies = laterPolicies(policy, deeds, faults);
  const timeline = deeds.flatMap((read, index): TimedDeed[] => {
    const path = ['timeline', index];
    if (read.at > file.duration) {
      faults.add([...path, 'at'], 'lies after the end of the run, expected a time within duration');
    }
    checkDeed(read, path, context, names, faults);
    const deed = toDeed(read, startAt, policies.get(index) ?? null);
    return deed === null ? [] : [{ at: startAt + read.at, index, line: faults.lineOf(path), deed }];
  });
  const expectations = reading.expectations.map(
    (partsOf, index): StatedExpectation => ({
      line: faults.lineOf(['expect', index]),
      source: file.expect[index],
      parts: partsOf({ startAt, endAt, names, faults }),
    }),
  );
  const computes = file.computes.map((entry) => toCompute(entry, { startAt }));
  return {
    fileName,
    name: file.name,
    startAt,
    endAt,
    seed: file.seed,
    policy,
    metricsDelayMs: file.metricsDelay,
    events: file.events,
    world: toWorld(file, sizes, computes),
    computes,
    timeline: timeline.sort((a, b) => a.at - b.at || a.index - b.index),
    expectations,
    uses: usesOf(file, deeds, expectations, faults),
  };
}

function read(fileName: string, document: YamlDocument): ParsedScenario {
  const faults = new FaultCollector(document.locate);
  const reading = readEntries(document.value, faults);
  if (reading === null) return { ok: false, faults: faults.faults };
  const scenario = assemble(fileName, reading, faults);
  return faults.faults.length > 0 ? { ok: false, faults: faults.faults } : { ok: true, scenario };
}

/** Reads a scenario file. All faults at once, each with line, column and key; never throws. `fileName` is for messages. */
export function parseScenario(fileName: string, text: string): ParsedScenario {
  const { document, faults } = openYaml(text);
  if (document === null) return { ok: false, faults };
  const parsed = read(fileName, document);
  if (parsed.ok && faults.length === 0) return parsed;
  return { ok: false, faults: inFileOrder([...faults, ...(parsed.ok ? [] : parsed.faults)]) };
}
