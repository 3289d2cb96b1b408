import { nearestWord } from '../yaml/nearest.ts';
import { documentedFamilies, isFamilyName, nearestFamilies } from '../targets/vm-families.ts';
import { gpuByName, vmSeriesNames } from '../targets/vm-series.ts';
import { globMatches } from './glob.ts';
import { attachableKinds, computeKinds } from './kinds.ts';
import type { Globs, Match } from './types.ts';

export type ImpossibleMatch = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
};

const isLiteral = (glob: string): boolean => !glob.includes('*');

/** The one answer that all of the names give, or null if they differ or one does not tell. */
function agreedGpu(names: Globs | undefined): boolean | null {
  const answers = new Set((names ?? [null]).map((name) => (name === null ? null : gpuByName(name))));
  return answers.size === 1 ? ([...answers][0] ?? null) : null;
}

function unknownKinds(match: Match): ImpossibleMatch[] {
  return (match.kind ?? []).flatMap((glob, index) => {
    if (computeKinds.some((kind) => globMatches(glob, kind))) return [];
    const suggestion = nearestWord(glob, computeKinds);
    return [
      {
        path: match.kind?.length === 1 ? ['kind'] : ['kind', index],
        message: `${JSON.stringify(glob)} is no kind of compute, expected one of ${computeKinds.join(', ')}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    ];
  });
}

function sizeOfSizeless(match: Match): ImpossibleMatch[] {
  const kinds = computeKinds.filter((kind) => match.kind?.some((glob) => globMatches(glob, kind)) ?? true);
  const attachable: readonly string[] = attachableKinds;
  if (kinds.length === 0 || !kinds.every((kind) => attachable.includes(kind))) return [];
  const key = (['vmSize', 'series', 'family'] as const).find((name) => match[name] !== undefined);
  const asked = key ?? (match.gpu === true ? 'gpu' : undefined);
  if (asked === undefined) return [];
  return [{ path: [asked], message: `can never hold: ${kinds.join(', ')} are attached and have no VM size` }];
}

function sizeAgainstSeries(match: Match): ImpossibleMatch[] {
  const { vmSize, series } = match;
  if (vmSize === undefined || series === undefined || !vmSize.every(isLiteral)) return [];
  const could = vmSize.some((size) => {
    const names = vmSeriesNames(size);
    return names.length === 0 || series.some((glob) => names.some((name) => globMatches(glob, name)));
  });
  if (could) return [];
  return [
    {
      path: ['series'],
      message: `can never hold: ${vmSize.join(', ')} is of series ${vmSize.map((size) => vmSeriesNames(size)[0]).join(', ')}`,
    },
  ];
}

function gpuAgainstNames(match: Match): ImpossibleMatch[] {
  const { gpu } = match;
  const keys = (['vmSize', 'series'] as const).filter((key) => match[key] !== undefined);
  const told = keys.map((key) => ({ key, gpu: agreedGpu(match[key]) }));
  if (gpu !== undefined) {
    const against = told.find((entry) => entry.gpu !== null && entry.gpu !== gpu);
    if (against === undefined) return [];
    const names = (match[against.key] ?? []).join(', ');
    return [
      { path: ['gpu'], message: `can never hold: ${names} ${against.gpu === true ? 'has' : 'has no'} GPU` },
    ];
  }
  const [first, second] = told;
  if (first?.gpu === null || second?.gpu === null || first === undefined || second === undefined) return [];
  if (first.gpu === second.gpu) return [];
  return [{ path: [second.key], message: 'can never hold: the size and the series exclude each other' }];
}

/** A misspelt family: one that has not even the form of a name, and is near one. Those newer than we are have that form. */
function misspeltFamilies({ family }: Match): ImpossibleMatch[] {
  return (family ?? []).flatMap((glob, index) => {
    const [suggestion] = nearestFamilies(glob, documentedFamilies);
    if (!isLiteral(glob) || isFamilyName(glob) || suggestion === undefined) return [];
    return [
      {
        path: family?.length === 1 ? ['family'] : ['family', index],
        message: `${JSON.stringify(glob)} is no VM family, expected a name such as standardDSv2Family`,
        suggestion,
      },
    ];
  });
}

/** Reasons why a match can never hold; empty if it can. */
export function impossible(match: Match): readonly ImpossibleMatch[] {
  const kinds = unknownKinds(match);
  if (kinds.length > 0) return kinds;
  const series = sizeAgainstSeries(match);
  return [
    ...misspeltFamilies(match),
    ...sizeOfSizeless(match),
    ...(series.length > 0 ? series : gpuAgainstNames(match)),
  ];
}
