import type { Globs, Match } from './types.ts';

const words: Readonly<Record<Exclude<keyof Match, 'gpu' | 'tag'>, string>> = {
  subscription: 'subscription',
  workspace: 'workspace',
  compute: 'compute',
  kind: 'kind',
  user: 'user',
  team: 'team',
  vmSize: 'size',
  series: 'series',
  family: 'family',
};

const anyOf = (globs: Globs): string => globs.join(' or ');

/** A match in words for a sentence: `compute ci-prod*, team vision or audio, with GPU`. */
export function describeMatch(match: Match): string {
  const parts: string[] = [];
  for (const [key, word] of Object.entries(words)) {
    const globs = match[key as keyof typeof words];
    if (globs !== undefined) parts.push(`${word} ${anyOf(globs)}`);
  }
  if (match.gpu !== undefined) parts.push(match.gpu ? 'with GPU' : 'without GPU');
  for (const [name, globs] of Object.entries(match.tag ?? {})) parts.push(`tag ${name} ${anyOf(globs)}`);
  return parts.length === 0 ? 'everything' : parts.join(', ');
}
