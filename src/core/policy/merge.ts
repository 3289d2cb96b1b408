import { stringify } from 'yaml';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * One policy file laid over another, both as plain values: mappings are merged deeply, lists and single values
 * replaced. Neither is changed.
 */
export function mergePolicy(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) merged.set(key, mergePolicy(merged.get(key), value));
  return Object.fromEntries(merged);
}

/** A plain policy as the text of a policy file. */
export const policyText = (plain: unknown): string => stringify(plain ?? {}, { schema: 'core' });
