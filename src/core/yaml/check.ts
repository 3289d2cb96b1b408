import { z } from 'zod';
import type { Locate } from './document.ts';
import { keyPath, type YamlFault, type YamlPath } from './fault.ts';
import { nearestWord } from './nearest.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const longestShown = 60;

/** What was found, for the sentence "found …, expected …". */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  // JSON has no word for these numbers.
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return shown.length > longestShown ? `${shown.slice(0, longestShown)}…` : shown;
}

const names: Readonly<Record<string, string>> = {
  string: 'a text (in quotes if it looks like a number)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  array: 'a list',
};

/** What a schema wants, said for schemas that carry no words of their own. */
function expected(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return names[String(issue['expected'])] ?? String(issue['expected']);
    case 'invalid_value':
      return (issue['values'] as unknown[]).map(String).join(' | ');
    case 'too_small':
      if (issue['origin'] === 'array') return 'at least one entry';
      if (issue['origin'] === 'string') return 'a text that is not empty';
      return issue['inclusive'] === true
        ? `a number of at least ${String(issue['minimum'])}`
        : `a number above ${String(issue['minimum'])}`;
    case 'too_big':
      if (issue['origin'] === 'array') return `at most ${String(issue['maximum'])} entries`;
      return `a number of at most ${String(issue['maximum'])}`;
    case 'not_multiple_of':
      return `a multiple of ${String(issue['divisor'])}`;
    // These carry words of their own wherever they are used, or are told key by key.
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      return 'something else';
  }
}

const knownKeysOf = (issue: RawIssue): string[] => {
  const schema = issue.inst;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
};

/** Of a choice between forms, the faults of the one form that has the shape of what was found; null: none or several. */
function faultsOfTheLikeliest(errors: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const alike = errors.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys'),
  );
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

/** The words that would have been right; a refinement names its own as `params.words`, a function. */
function wordsFor(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  const words: unknown = issue.code === 'custom' ? issue.params?.['words'] : undefined;
  return typeof words === 'function' ? (words as () => string[])() : [];
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown => {
  let inner = value;
  for (const step of path) inner = (inner as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return inner;
};

/**
 * Checks a value of an opened document against a schema. A schema's own error text is read as "what is expected here".
 * Every fault comes at once. `base` is where the value stands in the document that `locate` knows.
 */
export function checkValue<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  locate: Locate,
  base: YamlPath = [],
): Checked<z.output<Schema>> {
  // Zod hands the schema to the error map only; the list of keys is the one object found in both issues.
  const knownKeys = new WeakMap<object, readonly string[]>();
  const words = (issue: RawIssue): string => {
    if (issue.code === 'unrecognized_keys') knownKeys.set(issue.keys, knownKeysOf(issue));
    return expected(issue);
  };
  const result = schema.safeParse(value, { error: words });
  if (result.success) return { ok: true, value: result.data };

  const faults: YamlFault[] = [];
  const add = (issue: Issue, above: readonly PropertyKey[]): void => {
    const inside = [...above, ...issue.path];
    const path = [...base, ...inside] as (string | number)[];
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys.get(issue.keys) ?? [];
      for (const key of issue.keys) faults.push(unknownKey([...path, key], known, locate));
      return;
    }
    if (issue.code === 'invalid_union') {
      const inner = faultsOfTheLikeliest(issue.errors);
      if (inner !== null) {
        for (const deeper of inner) add(deeper, inside);
        return;
      }
    }
    const got = at(value, inside);
    const suggestion = typeof got === 'string' ? nearestWord(got, wordsFor(issue)) : undefined;
    faults.push({
      ...locate(path, 'value'),
      key: keyPath(path),
      message: `found ${found(got)}, expected ${issue.message}`,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  };
  const { issues } = result.error;
  // A mapping whose only key is misspelt is not also "empty".
  const misspelt = new Set(
    issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => issue.path.join('/')),
  );
  for (const issue of issues) {
    if (issue.code === 'custom' && misspelt.has(issue.path.join('/'))) continue;
    add(issue, []);
  }
  return { ok: false, faults };
}

/** The fault of a key that does not exist. */
export function unknownKey(path: YamlPath, known: readonly string[], locate: Locate): YamlFault {
  const key = String(path.at(-1));
  const suggestion = nearestWord(key, known);
  return {
    ...locate(path, 'key'),
    key: keyPath(path),
    message: `unknown key ${found(key)}, expected ${known.length === 0 ? 'no key here' : `one of ${known.join(', ')}`}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
