import type { RecordedCase } from './recorded-case.ts';

const RECORDING_DAYS_MS = 15 * 86_400_000;
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g;
const GUID = /[0-9a-f]{8}(-?)[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
const STACK_LINES = /(?:(?:\\+r)?\\+n|\r?\n) {3,4}at [^"]*?(?=\\*"|$)/gs;
/** .NET's own frames: the first of a trace has no line of its own. */
const NET_FRAMES = /(StackTrace(?:\\*":\\*"|: )) {3}at [^"]*?(?=\\*"|$)/gs;
/** Listed in no particular order; the last orchestrator of the application was added after that case had been recorded. */
const KNOWN_NAMES = /(known orchestrator functions: )((?:'[^']+'(?:, )?)+)/g;
const ORIGIN = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/g;

/** Members that differ from run to run and say nothing about behaviour. */
const VOLATILE = new Set([
  'seq',
  'doneSeq',
  'at',
  'date',
  'server',
  'transfer-encoding',
  'content-length',
  'bodyText',
  'StackTrace',
  // A number that the orchestrator measured.
  'late',
]);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * Times of the recording's days, GUIDs, origins and stack traces become marks; the order of members stays. A GUID's mark is its number in
 * the order of appearance, so that it still shows which ids are the same; `seen` carries the numbers from one value to the next.
 */
export function normalise(value: unknown, recordedAt: string, seen = new Map<string, number>()): Json {
  const nearMs = Date.parse(recordedAt);
  const text = (raw: string): string =>
    raw
      .replace(NET_FRAMES, '$1<frames>')
      .replace(STACK_LINES, '<stack>')
      // The first line of an error without text, which a test runner's source maps write with a colon.
      .replace(/Error: (?=<stack>)/g, 'Error')
      .replace(/<frames>(?:<stack>)?/g, '<frames>')
      .replace(ISO_TIME, (time) =>
        Math.abs(Date.parse(time) - nearMs) < RECORDING_DAYS_MS ? '<time>' : time,
      )
      .replace(GUID, (guid, dash: string) => {
        const key = guid.replaceAll('-', '').toLowerCase();
        if (!seen.has(key)) seen.set(key, seen.size + 1);
        return `<guid${dash === '' ? 'N' : ''} ${seen.get(key)}>`;
      })
      .replace(ORIGIN, 'http://<host>')
      .replace(KNOWN_NAMES, (_, lead: string, names: string) => lead + sortedNames(names));
  const walk = (node: unknown): Json => {
    if (typeof node === 'string') return text(node);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return (node ?? null) as Json;
    const members = Object.entries(node)
      .filter(([name, member]) => !VOLATILE.has(name) && member !== undefined)
      // An empty body is no body.
      .filter(([name, member]) => name !== 'body' || member !== '');
    return Object.fromEntries(members.map(([name, member]) => [text(name), walk(member)]));
  };
  return walk(value);
}

export type NormalCase = {
  readonly steps: Json;
  readonly episodes: Readonly<Record<string, Json[]>>;
  readonly activities: Readonly<Record<string, Json[]>>;
  readonly final: Json;
};

/** A case in the form that is compared. Activities of one instance are sorted: parallel ones start in any order. */
export function normaliseCase(
  played: Pick<RecordedCase, 'steps' | 'episodes' | 'activities' | 'final'>,
  recordedAt: string,
): NormalCase {
  const seen = new Map<string, number>();
  const byInstance = (list: readonly { readonly instanceId: string }[]): Record<string, Json[]> => {
    const groups: Record<string, Json[]> = {};
    for (const entry of list) {
      const id = JSON.stringify(normalise(entry.instanceId, recordedAt, seen));
      (groups[id] ??= []).push(normalise(entry, recordedAt, seen));
    }
    return groups;
  };
  const episodes = byInstance(played.episodes.map((each) => ({ response: null, failure: null, ...each })));
  const activities = byInstance(
    played.activities.map((each) => ({ returnValue: null, failure: null, ...each })),
  );
  for (const list of Object.values(activities))
    list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return {
    episodes,
    activities,
    final: normalise(played.final, recordedAt, seen),
    steps: normalise(played.steps, recordedAt, seen),
  };
}

function sortedNames(names: string): string {
  const listed = names.split(', ').filter((name) => name !== "'CancelTimerThenWait'");
  return listed.sort().join(', ');
}
