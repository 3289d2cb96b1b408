import { aboutKey, type FindingAbout } from '../../core/findings/types.ts';
import type { FindingCode } from '../../core/policy/codes.ts';
import type { LedgerWrite } from '../../ports/ledger.ts';
import { objectIdOf, subscriptionIdOf } from '../azure/index.ts';
import type { FindingSubject } from './scenario/types.ts';
import type { Timeline } from './timeline.ts';

/** One life of a finding, from the moment it was raised. */
export type SeenFinding = {
  readonly findingId: string;
  readonly code: FindingCode;
  readonly about: FindingAbout;
  readonly raisedAt: number;
  readonly fixedAt: number | null;
  readonly told: number;
};

const isAbout = (value: unknown): value is FindingAbout =>
  typeof value === 'object' && value !== null && 'kind' in value;
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const ofCompute: ReadonlySet<string> = new Set(['compute', 'cluster', 'workspace']);

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Findings as the ledger holds them, in the order in which they were raised. */
export class FindingWatch {
  readonly #timeline: Timeline;
  readonly #now: () => number;
  readonly #seen = new Map<string, SeenFinding>();

  constructor(timeline: Timeline, now: () => number) {
    this.#timeline = timeline;
    this.#now = now;
  }

  /** A write to the table of findings; what else is kept there is passed over. */
  onWrite(write: LedgerWrite): void {
    if (write.kind === 'delete' || !/^[fx]-/.test(write.row)) return;
    const { value } = write;
    const { findingId, code, about } = value;
    if (typeof findingId !== 'string' || typeof code !== 'string' || !isAbout(about)) return;
    const before = this.#seen.get(findingId);
    const finding: SeenFinding = {
      findingId,
      code: code as FindingCode,
      about,
      raisedAt: before?.raisedAt ?? this.#now(),
      fixedAt: before?.fixedAt ?? (numberOf(value['fixedAt']) === null ? null : this.#now()),
      told: numberOf(value['tellings']) ?? 0,
    };
    this.#seen.set(findingId, finding);
    const happened =
      before === undefined
        ? 'finding'
        : before.fixedAt === null && finding.fixedAt !== null
          ? 'finding.fixed'
          : null;
    if (happened === null) return;
    this.#timeline.add(this.#now(), {
      ...(about.kind === 'compute' ? { compute: about.ref.compute } : {}),
      action: happened,
      reason: code,
      sentence: typeof value['sentence'] === 'string' ? value['sentence'] : aboutKey(about),
    });
  }

  /** Every life of that finding about the subject, the first one first. */
  of(code: FindingCode, subject: FindingSubject): readonly SeenFinding[] {
    return [...this.#seen.values()].filter(
      (finding) => finding.code === code && isSubject(finding.about, subject),
    );
  }
}

/** A subject that names nothing is any: the contract has no key for a family or a region. A workspace alone is it and what is in it. */
function isSubject(about: FindingAbout, subject: FindingSubject): boolean {
  const keys = Object.entries(subject).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (keys.length === 0) return true;
  const name = subject.compute ?? subject.cluster;
  if (about.kind === 'compute') {
    if (keys.some((key) => !ofCompute.has(key))) return false;
    if (name !== undefined && !same(about.ref.compute, name)) return false;
    return subject.workspace === undefined || same(about.ref.workspace, subject.workspace);
  }
  if (name !== undefined) return false;
  const { per, key, name: shown } = about.group;
  const is = (wanted: string | undefined): boolean =>
    wanted !== undefined && (same(key, wanted) || same(shown, wanted));
  switch (per) {
    case 'user':
      return subject.user !== undefined && (is(subject.user) || same(key, objectIdOf(subject.user)));
    case 'team':
      return is(subject.team);
    case 'workspace':
      return is(subject.workspace);
    case 'subscription':
      return (
        subject.subscription !== undefined &&
        (is(subject.subscription) || same(key, subscriptionIdOf(subject.subscription)))
      );
    case 'family':
      return is(subject.family);
    case 'region':
      return is(subject.region);
    case 'all':
      return false;
  }
}
