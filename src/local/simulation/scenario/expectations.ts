import type { YamlPath } from '../../../core/yaml/fault.ts';
import { subjectOf } from './deeds.ts';
import {
  actKinds,
  expectationForms,
  expectationSchemas,
  type ExpectationForm,
  type ReadCallsExpectation,
  type ReadComputeExpectation,
  type ReadFindingExpectation,
  type ReadRequestExpectation,
  type ReadWhen,
} from './expectation-schemas.ts';
import type { NameTable } from './name-table.ts';
import type { FaultCollector } from './reader.ts';
import type { ActKind, ComputeName, Expectation, When } from './types.ts';

export type ExpectationContext = {
  readonly startAt: number;
  readonly endAt: number;
  readonly names: NameTable;
  readonly faults: FaultCollector;
};

type At = number | 'end' | undefined;
type ReadChange = {
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly at?: At;
};

/** An absolute time; one after the end can never be looked at. */
function timeOf(at: At, path: YamlPath, { startAt, endAt, faults }: ExpectationContext): number {
  if (at === undefined || at === 'end') return endAt;
  if (startAt + at > endAt)
    faults.add(path, 'lies after the end of the run, expected a time within duration');
  return startAt + at;
}

function whenOf(given: ReadWhen, path: YamlPath, context: ExpectationContext): When {
  if (given === 'never') return 'never';
  const { startAt, endAt, faults } = context;
  const afterAt = given.after === undefined ? null : startAt + given.after;
  const beforeAt = given.before === undefined ? null : startAt + given.before;
  if (afterAt !== null && afterAt > endAt) {
    faults.add([...path, 'after'], 'lies after the end of the run, expected a time within duration');
  }
  if (afterAt !== null && beforeAt !== null && beforeAt < afterAt) {
    faults.add([...path, 'before'], 'lies before after: no time is in such a window');
  }
  return { afterAt, beforeAt };
}

const actOfReason: Readonly<Record<string, ActKind>> = { stop: 'stopped', warn: 'warned', start: 'started' };

/** Of several acts in one entry the reason is that of the act it can belong to. */
function reasonOf(act: ActKind, given: ReadComputeExpectation): string | null {
  const own = actOfReason[given.reason?.split('.')[0] ?? ''];
  const isOfOther = own !== undefined && own !== act && given[own] !== undefined;
  return isOfOther ? null : (given.reason ?? null);
}

function computeParts(
  given: ReadComputeExpectation,
  path: YamlPath,
  context: ExpectationContext,
): Expectation[] {
  const { faults, names } = context;
  names.workspace(given.workspace, [...path, 'workspace']);
  names.compute(given.compute, given.workspace, [...path, 'compute']);
  const compute: ComputeName = {
    compute: given.compute,
    ...(given.workspace === undefined ? {} : { workspace: given.workspace }),
  };
  const parts: Expectation[] = [];
  for (const act of actKinds) {
    const when = given[act];
    if (when === undefined) continue;
    const reason = reasonOf(act, given);
    if (when === 'never' && reason !== null) {
      faults.add([...path, 'reason'], `goes with a window, not with ${act}: never`);
    }
    parts.push({
      expect: 'act',
      act,
      when: whenOf(when, [...path, act], context),
      reason,
      ...compute,
    });
  }
  if (given.reason !== undefined && parts.length === 0) {
    faults.add([...path, 'reason'], `goes with one of ${actKinds.join(', ')}`);
  }
  const at = timeOf(given.at, [...path, 'at'], context);
  const before = parts.length;
  if (given.decision !== undefined)
    parts.push({ expect: 'decision', decision: given.decision, at, ...compute });
  if (given.state !== undefined) parts.push({ expect: 'state', state: given.state, at, ...compute });
  if (given.exists !== undefined) parts.push({ expect: 'exists', exists: given.exists, at, ...compute });
  if (given.at !== undefined && parts.length === before) {
    faults.add([...path, 'at'], 'goes with one of decision, state, exists');
  }
  if (parts.length === 0) {
    faults.add(
      path,
      `expects nothing of ${given.compute}, expected one of ${actKinds.join(', ')}, decision, state, exists`,
    );
  }
  return parts;
}

function changePart(
  expect: 'request' | 'attach' | 'detach' | 'reattach',
  id: string,
  given: ReadChange & {
    readonly instances?: number | undefined;
    readonly told?: number | undefined;
  },
  path: YamlPath,
  context: ExpectationContext,
): Expectation {
  if (expect === 'request') context.names.request(id, [...path, expect]);
  else context.names.change(expect, id, [...path, expect]);
  const { status, reason, instances, told } = given;
  if ([status, reason, instances, told].every((one) => one === undefined)) {
    context.faults.add(path, `expects nothing of ${id}, expected a status`);
  }
  return {
    expect,
    id,
    status: given.status ?? null,
    reason: given.reason ?? null,
    at: timeOf(given.at, [...path, 'at'], context),
    instances: given.instances ?? null,
    told: given.told ?? null,
  };
}

function findingPart(
  given: ReadFindingExpectation,
  path: YamlPath,
  context: ExpectationContext,
): Expectation {
  const { names } = context;
  names.workspace(given.workspace, [...path, 'workspace']);
  names.compute(given.compute, given.workspace, [...path, 'compute']);
  names.compute(given.cluster, given.workspace, [...path, 'cluster']);
  names.user(given.user, [...path, 'user']);
  names.team(given.team, [...path, 'team']);
  const nothing = given.raised === undefined && given.fixed === undefined && given.told === undefined;
  return {
    expect: 'finding',
    finding: given.finding,
    subject: subjectOf(given),
    // A finding with nothing said of it is expected to be raised at some time.
    raised: nothing
      ? { afterAt: null, beforeAt: null }
      : given.raised === undefined
        ? null
        : whenOf(given.raised, [...path, 'raised'], context),
    fixed: given.fixed === undefined ? null : whenOf(given.fixed, [...path, 'fixed'], context),
    told: given.told ?? null,
  };
}

function partsOf(
  form: ExpectationForm,
  read: unknown,
  path: YamlPath,
  context: ExpectationContext,
): Expectation[] {
  switch (form) {
    case 'compute':
      return computeParts(read as ReadComputeExpectation, path, context);
    case 'finding':
      return [findingPart(read as ReadFindingExpectation, path, context)];
    case 'request': {
      const given = read as ReadRequestExpectation;
      return [changePart(form, given.request, given, path, context)];
    }
    case 'attach':
    case 'detach':
    case 'reattach': {
      const given = read as ReadChange & Readonly<Record<string, unknown>>;
      return [changePart(form, String(given[form]), given, path, context)];
    }
    case 'armCalls': {
      const { armCalls } = read as ReadCallsExpectation;
      const { operation, atMost, atLeast } = armCalls;
      return [{ expect: 'armCalls', operation, atMost: atMost ?? null, atLeast: atLeast ?? null }];
    }
  }
}

/** Which form an entry has, told by its keys; a fault if it has none. */
export function formOf(entry: unknown, path: YamlPath, faults: FaultCollector): ExpectationForm | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    faults.check(expectationSchemas.compute, entry, path);
    return null;
  }
  const form = expectationForms.find((key) => Object.hasOwn(entry, key));
  if (form !== undefined) return form;
  const found = Object.keys(entry)[0];
  if (found === undefined) {
    faults.add(path, `found an empty mapping, expected one of ${expectationForms.join(', ')}`);
  } else
    faults.addUnknown([...path, found], 'key that says what is expected of whom', found, expectationForms);
  return null;
}

/** Reads one entry under `expect` as far as its schema goes; the names in it are looked up by the second step. */
export function readExpectation(
  entry: unknown,
  path: YamlPath,
  faults: FaultCollector,
): ((context: ExpectationContext) => readonly Expectation[]) | null {
  const form = formOf(entry, path, faults);
  if (form === null) return null;
  const read = faults.check(expectationSchemas[form], entry, path);
  return read === null ? null : (context) => partsOf(form, read, path, context);
}
