import type { Person } from '../computes.ts';
import { computeKey, type ComputeRef, type ObjectId } from '../ids.ts';
import type { FindingCode } from '../policy/codes.ts';
import type { QuotaGroup } from '../quota/types.ts';

/** A finding is about one compute, or once about a group of a quota. */
export type FindingAbout =
  | { readonly kind: 'compute'; readonly ref: ComputeRef }
  | { readonly kind: 'group'; readonly group: QuotaGroup };

/** What Lamplighter may do about it where the policy lets it. */
export type Remedy = ScaleRemedy | DeleteRemedy;
export type ScaleRemedy = {
  readonly kind: 'scale';
  readonly minNodes: number | null;
  readonly scaleDownAfterMs: number | null;
};
/** Only ever with somebody's consent. */
export type DeleteRemedy = {
  readonly kind: 'delete';
  /** When it was created: another machine under the same name is another machine. */
  readonly createdAt: number;
};

/** Somebody's word that one machine may be deleted: that very machine, while it stays off. */
export type Consent = {
  readonly by: Person;
  readonly at: number;
  readonly until: number;
  readonly createdAt: number;
};

/** A rule that is broken, as one look sees it. */
export type Finding = {
  readonly code: FindingCode;
  readonly about: FindingAbout;
  readonly owner: Person | null;
  /** What holds, with its numbers. */
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly fix: string;
  /** What it costs, where that can be told. */
  readonly usdPerMonth: number | null;
  /** Null: there is none, or the policy does not allow it. */
  readonly remedy: Remedy | null;
  /** Of an owner who is gone: who stands in for them. */
  readonly manager?: ObjectId | null;
};

export type Acceptance = {
  readonly until: number;
  readonly by: string;
  readonly why: string | null;
  readonly at: number;
};

/** A finding and its life. */
export type FindingRecord = Finding & {
  /** Another one when it comes back. */
  readonly findingId: string;
  readonly raisedAt: number;
  readonly seenAt: number;
  /** When it was last told; null: nobody knows it yet. */
  readonly toldAt: number | null;
  readonly tellings: number;
  readonly accepted: Acceptance | null;
  readonly fixedAt: number | null;
  readonly fixedToldAt: number | null;
  /** The notice of its remedy; null: none was given. */
  readonly notice: RemedyNotice | null;
  /** Null: nobody consented, or not any more. */
  readonly consent?: Consent | null;
};

export type RemedyNotice = {
  readonly givenAt: number;
  /** Since which look no work has been seen on it; null: the last look saw some. */
  readonly quietSinceAt: number | null;
  readonly triedAt: number | null;
  readonly doneAt: number | null;
  /** Azure's words, where it refused. */
  readonly failure: string | null;
};

/** What one look says about one subject: of the codes it covers, those broken and those of which nothing is known. */
export type FindingLook = {
  readonly about: FindingAbout;
  readonly covers: readonly FindingCode[];
  readonly broken: readonly Finding[];
  readonly unknown: readonly FindingCode[];
};

/** Equal for equal subjects, whatever the casing of their names. */
export const aboutKey = (about: FindingAbout): string =>
  about.kind === 'compute' ? computeKey(about.ref) : `${about.group.per}:${about.group.key}`;

/** Group limits may be several for one group: each quota in the file is a finding of its own. */
export const findingKey = (finding: Pick<Finding, 'code' | 'about'>): string =>
  `${finding.code}|${aboutKey(finding.about)}`;
