import { type ParsedPolicy, parsePolicy } from '../core/policy/parse.ts';

/** A sweep meets the text in force and the one in the file; few more are ever in use at once. */
const keptTexts = 8;
const parsed = new Map<string, ParsedPolicy>();

/**
 * `parsePolicy`, which depends on nothing but the text, without doing it again for a text that was met lately: every
 * workspace group of every sweep reads the same one.
 */
export function parsePolicyOnce(text: string): ParsedPolicy {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const fresh = parsePolicy(text);
  if (parsed.size >= keptTexts) parsed.delete(parsed.keys().next().value ?? '');
  parsed.set(text, fresh);
  return fresh;
}
