import { shortHash } from '../ids.ts';
import { checkValue } from '../yaml/check.ts';
import { type Locate, openYaml } from '../yaml/document.ts';
import { inFileOrder, keyPath, type YamlFault, type YamlPath } from '../yaml/fault.ts';
import { policyFromFile } from './from-file.ts';
import type { RuleFault } from './rule-fault.ts';
import { ruleFaults } from './rules.ts';
import { policySchema } from './schema.ts';
import type { Policy } from './types.ts';
import { policyWarnings } from './warnings.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly YamlFault[] }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

export type PolicyOptions = {
  /** Names of VM sizes in the regions in use; left out: size patterns are not looked up. */
  readonly knownSizes?: Iterable<string>;
  /** VM families of these regions, likewise. */
  readonly knownFamilies?: Iterable<string>;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rules that a policy with faults breaks besides, as far as they stand in the sections that can be read. */
function rulesOfTheRest(value: unknown, faults: readonly YamlFault[]): readonly RuleFault[] {
  if (!isMapping(value)) return [];
  const broken = Object.keys(value).filter((key) =>
    faults.some(
      (fault) => fault.key === key || fault.key.startsWith(`${key}.`) || fault.key.startsWith(`${key}[`),
    ),
  );
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !broken.includes(key)));
  const readable = policySchema.safeParse(rest);
  if (!readable.success) return [];
  return ruleFaults(policyFromFile(readable.data)).filter(
    ({ about }) => !about.some((section) => broken.includes(section)),
  );
}

/**
 * Parses a policy that stands inside another document: `base` is its path there, `locate` finds lines of the whole
 * document. Null, an empty file, is the policy of all defaults.
 */
export function parsePolicyNode(
  value: unknown,
  locate: Locate,
  base: YamlPath = [],
  options: PolicyOptions = {},
): ParsedPolicy {
  const toFault = ({ path, message, suggestion }: RuleFault): YamlFault => ({
    ...locate([...base, ...path], 'key'),
    key: keyPath([...base, ...path]),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  const given = value ?? {};
  const checked = checkValue(policySchema, given, locate, base);
  if (!checked.ok) {
    const prefix = base.length === 0 ? '' : `${keyPath(base)}.`;
    const relative = checked.faults.map((fault) => ({ ...fault, key: fault.key.slice(prefix.length) }));
    const more = rulesOfTheRest(given, relative).map(toFault);
    return { ok: false, faults: inFileOrder([...checked.faults, ...more]) };
  }
  const policy = policyFromFile(checked.value);
  const faults = ruleFaults(policy).map(toFault);
  if (faults.length > 0) return { ok: false, faults: inFileOrder(faults) };
  const warnings = policyWarnings(policy, options.knownSizes, options.knownFamilies).map(toFault);
  return { ok: true, policy, warnings: inFileOrder(warnings) };
}

/** Parses a policy file. All faults at once, each with line, column and key; never throws. */
export function parsePolicy(text: string, options: PolicyOptions = {}): ParsedPolicy {
  const { document, faults } = openYaml(text);
  if (document === null) return { ok: false, faults };
  const parsed = parsePolicyNode(document.value, document.locate, [], options);
  if (faults.length === 0) return parsed;
  return { ok: false, faults: inFileOrder([...faults, ...(parsed.ok ? [] : parsed.faults)]) };
}

/** What an empty file says. */
export const defaultPolicy: Policy = policyFromFile(policySchema.parse({}));

/** Policies are stored and named by this. */
export const policyHashOf = (text: string): string => shortHash(text);
