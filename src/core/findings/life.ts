import { shortHash } from '../ids.ts';
import { type Finding, findingKey, type FindingLook, type FindingRecord } from './types.ts';

export type Telling = 'raised' | 'again' | 'fixed';
/** The record as it is after a look, and what is to be told of it. */
export type LifeStep = { readonly record: FindingRecord; readonly tell: Telling | null };

const born = (finding: Finding, now: number): FindingRecord => ({
  ...finding,
  findingId: shortHash(`${findingKey(finding)}|${now}`, 16),
  raisedAt: now,
  seenAt: now,
  toldAt: null,
  tellings: 0,
  accepted: null,
  fixedAt: null,
  fixedToldAt: null,
  notice: null,
});

function stillBroken(record: FindingRecord, finding: Finding, now: number): LifeStep {
  const seen = { ...record, ...finding, seenAt: now };
  const { accepted } = record;
  if (accepted !== null && now < accepted.until) return { record: seen, tell: null };
  if (record.toldAt === null) return { record: seen, tell: 'raised' };
  // The date has passed and it still holds.
  if (accepted !== null && record.toldAt < accepted.until) return { record: seen, tell: 'again' };
  return { record: seen, tell: null };
}

function notBroken(record: FindingRecord, now: number): LifeStep {
  const fixed = { ...record, fixedAt: record.fixedAt ?? now };
  // What nobody was told of, or somebody has accepted, ends as quietly.
  const silent = record.toldAt === null || (record.accepted !== null && now < record.accepted.until);
  return { record: fixed, tell: silent || record.fixedToldAt !== null ? null : 'fixed' };
}

/**
 * The next step of every finding about one subject. New is told once, accepted is silent until its date, fixed is told
 * once, and what comes back is new. Of what a look does not cover or does not know nothing changes.
 */
export function nextLives(
  look: FindingLook,
  open: readonly FindingRecord[],
  now: number,
): readonly LifeStep[] {
  const before = new Map(open.map((record) => [findingKey(record), record]));
  const steps: LifeStep[] = [];
  const broken = new Set<string>();
  for (const finding of look.broken) {
    const key = findingKey(finding);
    if (broken.has(key)) continue;
    broken.add(key);
    const record = before.get(key);
    steps.push(
      record === undefined || record.fixedAt !== null
        ? { record: born(finding, now), tell: 'raised' }
        : stillBroken(record, finding, now),
    );
  }
  for (const [key, record] of before) {
    if (broken.has(key)) continue;
    if (!look.covers.includes(record.code) || look.unknown.includes(record.code)) continue;
    steps.push(notBroken(record, now));
  }
  return steps;
}

/** After somebody was told, or could not be. */
export function told(step: LifeStep, accepted: boolean, now: number): FindingRecord {
  const { record, tell } = step;
  if (!accepted || tell === null) return record;
  if (tell === 'fixed') return { ...record, fixedToldAt: now };
  return { ...record, toldAt: now, tellings: record.tellings + 1 };
}

/** Nothing more will come of it. */
export const isOver = (record: FindingRecord, tell: Telling | null): boolean =>
  record.fixedAt !== null && (record.fixedToldAt !== null || tell === null);
