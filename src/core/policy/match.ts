import { vmSeriesNames } from '../targets/vm-series.ts';
import { globMatches, isCatchAll } from './glob.ts';
import { attachableKinds } from './kinds.ts';
import type { PolicySubject } from './subject.ts';
import type { Globs, Match } from './types.ts';

/** `unknown`: a fact that the match asks for is not known, and all others hold. */
export type Matching = 'yes' | 'no' | 'unknown';

const anyOf = (globs: Globs, names: readonly string[]): boolean =>
  globs.some((glob) => names.some((name) => globMatches(glob, name)));

function known(globs: Globs, names: readonly string[] | null): Matching {
  if (names === null) return globs.some(isCatchAll) ? 'yes' : 'unknown';
  return anyOf(globs, names) ? 'yes' : 'no';
}

const attached = new Set(attachableKinds.map((kind) => kind.toLowerCase()));

function sizeFact(globs: Globs, names: readonly string[] | null, subject: PolicySubject): Matching {
  // Attached targets have no size of their own: without one the answer is no, not unknown.
  if (names === null && attached.has(subject.kind.toLowerCase())) return 'no';
  return known(globs, names);
}

const one = (name: string | null): readonly string[] | null => (name === null ? null : [name]);
const list = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names;

function gpuFact(wanted: boolean, subject: PolicySubject): Matching {
  if (subject.gpu !== null) return subject.gpu === wanted ? 'yes' : 'no';
  if (attached.has(subject.kind.toLowerCase())) return wanted ? 'no' : 'yes';
  return 'unknown';
}

function tagFact(wanted: Readonly<Record<string, Globs>>, tags: PolicySubject['tags']): Matching {
  if (tags === null) return 'unknown';
  const values = new Map(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]));
  const holds = Object.entries(wanted).every(([name, globs]) => {
    const value = values.get(name.toLowerCase());
    return value !== undefined && anyOf(globs, [value]);
  });
  return holds ? 'yes' : 'no';
}

/** Whether a match holds for a subject: all keys given must hold, case does not matter. */
export function matching(match: Match, subject: PolicySubject): Matching {
  const series = subject.vmSize === null ? null : vmSeriesNames(subject.vmSize);
  const facts: Matching[] = [];
  if (match.subscription) facts.push(known(match.subscription, list(subject.subscription)));
  if (match.workspace) facts.push(known(match.workspace, [subject.workspace]));
  if (match.compute) facts.push(known(match.compute, [subject.compute]));
  if (match.kind) facts.push(known(match.kind, [subject.kind]));
  if (match.user) facts.push(known(match.user, subject.user));
  if (match.team) facts.push(known(match.team, subject.teams));
  if (match.vmSize) facts.push(sizeFact(match.vmSize, one(subject.vmSize), subject));
  if (match.series) facts.push(sizeFact(match.series, series, subject));
  if (match.family) facts.push(sizeFact(match.family, one(subject.family), subject));
  if (match.gpu !== undefined) facts.push(gpuFact(match.gpu, subject));
  if (match.tag) facts.push(tagFact(match.tag, subject.tags));
  if (facts.includes('no')) return 'no';
  return facts.includes('unknown') ? 'unknown' : 'yes';
}
