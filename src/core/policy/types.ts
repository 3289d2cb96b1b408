import type { Mode } from '../idle/types.ts';
import type { AttachableKind } from './kinds.ts';

/** A policy as parsed and defaulted: every duration in milliseconds, every key there. Keys as in the policy file. */
export type IdlePolicy = {
  readonly enabled: boolean;
  readonly afterMs: number;
  readonly warnMs: number;
  readonly graceAfterStartMs: number;
  readonly cpuBelow: number;
  readonly cpuCoresBelow: number;
  readonly gpuBelow: number;
  readonly networkBelow: number;
  readonly minCoverage: number;
  readonly noiseUpTo: number;
  readonly ingestionDelayMs: number;
  readonly evidence: 'metrics' | 'session' | 'both';
  readonly maxSnoozeMs: number;
  readonly unknownAlertAfterMs: number;
};

export type MaxUptimePolicy = {
  readonly afterMs: number;
  readonly warnMs: number;
  readonly evenIfUnknown: boolean;
  readonly evenIfActive: boolean;
};

/** What the whole policy says of one compute, overrides applied. */
export type ComputePolicy = {
  readonly policyHash: string;
  readonly mode: Mode;
  readonly idle: IdlePolicy;
  readonly maxUptime: MaxUptimePolicy | null;
  readonly jobStalledAfterMs: number;
  readonly session: { readonly staleAfterMs: number; readonly reportMaxAgeMs: number };
  /** The match that protects it, rendered for the sentence; null: not protected. */
  readonly protectedBy: string | null;
  /** The exemption that holds now. */
  readonly exemption: { readonly until: number; readonly why: string | null } | null;
};

/** Globs, any of which may hold. */
export type Globs = readonly string[];

/** All keys given must hold; no key matches everything. */
export type Match = {
  readonly subscription?: Globs;
  readonly workspace?: Globs;
  readonly compute?: Globs;
  readonly kind?: Globs;
  readonly user?: Globs;
  readonly team?: Globs;
  readonly vmSize?: Globs;
  readonly series?: Globs;
  readonly family?: Globs;
  readonly gpu?: boolean;
  readonly tag?: Readonly<Record<string, Globs>>;
};

export type SizesPolicy = {
  readonly allow: Globs;
  readonly deny: Globs;
  readonly isolated: 'allow' | 'deny' | 'require';
};
export type NetworkPolicy = {
  readonly ssh: 'allow' | 'deny' | 'approval';
  readonly publicIp: 'allow' | 'deny';
  readonly subnet: 'optional' | 'required';
};

export type PolicyOverride = {
  readonly match: Match;
  readonly mode?: Mode;
  readonly idle?: Partial<IdlePolicy>;
  /** Null: no maximum uptime for these. */
  readonly maxUptime?: Partial<MaxUptimePolicy> | null;
  readonly sizes?: Partial<SizesPolicy>;
  readonly network?: Partial<NetworkPolicy>;
};

export type Exemption = { readonly match: Match; readonly until: number; readonly why: string | null };

export type Weekday = 'Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun';

export type Schedule = {
  readonly name: string;
  readonly match: Match;
  /** An IANA zone. */
  readonly zone: string;
  readonly days: readonly Weekday[];
  /** `HH:MM` of the zone's clock. */
  readonly start: string | null;
  readonly stop: string | null;
  readonly stopDays: readonly Weekday[];
  /** Dates of the zone, `2026-12-25`. */
  readonly holidays: readonly string[];
  readonly keepOn: readonly (
    | { readonly date: string }
    | { readonly fromAt: number; readonly toAt: number }
  )[];
  readonly warnMs: number;
  readonly quietForMs: number;
  readonly startAll: boolean;
  readonly evenIfActive: boolean;
};

export type QuotaScope = 'user' | 'team' | 'workspace' | 'subscription' | 'family' | 'region' | 'all';

export type Quota = {
  readonly per: QuotaScope;
  readonly match: Match;
  readonly cores: number | null;
  readonly instances: number | null;
  readonly gpus: number | null;
  /** USD at list price. */
  readonly moneyPerMonth: number | null;
  readonly enforcement: 'hard' | 'soft';
  readonly onExceeded: 'block' | 'report' | 'stop';
};

/** What an admin lets people set on the machines that they ask for; null: no bound. */
export type RequestsPolicy = {
  readonly idleShutdown: {
    readonly atLeastMs: number | null;
    readonly atMostMs: number | null;
    readonly required: boolean;
  };
  readonly schedules: 'allow' | 'stopOnly' | 'deny';
};

export const approvalOccasions = ['firstRequest', 'isolated', 'askedOfAzure'] as const;
/**
 * `firstRequest`: the person has had no machine by a request yet, and has none. `isolated`: the size has its server to
 * itself. `askedOfAzure`: its series has no quota until Azure has granted some.
 */
export type ApprovalOccasion = (typeof approvalOccasions)[number];

export type ApprovalRule = {
  readonly match: Match;
  /** The rule holds on any of these occasions only; null: always. */
  readonly when: readonly ApprovalOccasion[] | null;
  /** The rule holds if any of these is exceeded; null: always. */
  readonly above: {
    readonly pricePerHour: number | null;
    readonly cores: number | null;
    readonly gpus: number | null;
  } | null;
  readonly approvers: number;
  readonly remindAfterMs: number;
  readonly expiresAfterMs: number;
};

export type DuplicateRemedy = 'report' | 'detachNewer' | 'detachOlder';

/** What is null is not looked at; at least one part is given. */
export type AttachmentDenial = {
  readonly kind: AttachableKind | null;
  readonly subscription: Globs | null;
  readonly region: Globs | null;
  readonly localAuth: boolean | null;
};

export type Policy = {
  readonly mode: Mode;
  readonly sweep: { readonly everyMs: number };
  readonly idle: IdlePolicy;
  readonly job: {
    readonly stalledAfterMs: number;
    /** A job whose GPU stands at 0 % for so long is a finding; it protects the machine all the same. */
    readonly gpuIdleAfterMs: number;
  };
  readonly session: { readonly staleAfterMs: number; readonly reportMaxAgeMs: number };
  readonly regret: { readonly maxPercent: number };
  /** Entra group of each team. */
  readonly teams: Readonly<Record<string, { readonly group: string }>>;
  readonly limits: { readonly maxStops: number; readonly maxStopsPercent: number };
  readonly maxUptime: MaxUptimePolicy | null;
  readonly protected: readonly Match[];
  readonly exempt: readonly Exemption[];
  readonly overrides: readonly PolicyOverride[];
  readonly schedules: readonly Schedule[];
  readonly quotas: readonly Quota[];
  readonly sizes: SizesPolicy;
  readonly approvals: readonly ApprovalRule[];
  readonly network: NetworkPolicy;
  readonly requests: RequestsPolicy;
  readonly attachments: {
    readonly deny: readonly AttachmentDenial[];
    /** A remedy for every kind. */
    readonly duplicate: Readonly<Record<AttachableKind, DuplicateRemedy>>;
  };
  readonly clusters: {
    readonly maxMinNodes: number;
    readonly maxScaleDownAfterMs: number;
    readonly remedy: 'report' | 'repair';
  };
  /** `delete`: with consent of its owner or an admin. */
  readonly forgotten: { readonly stoppedForMs: number; readonly remedy: 'report' | 'delete' };
  /** Owners whose account is disabled or gone. */
  readonly owners: {
    /** `stop`: what is idle of theirs is stopped through the two looks. */
    readonly gone: 'report' | 'stop';
    /** So long after that was found, it may be deleted with consent of the manager or an admin; null: never. */
    readonly deleteAfterMs: number | null;
  };
  readonly images: { readonly maxAgeMs: number };
  readonly disk: { readonly lowBelowGigabytes: number };
  readonly reportsOnly: { readonly afterMs: number };
  /** How long an instance may idle before the platform stops it; null: its settings are audited only. */
  readonly platform: { readonly backstopAfterMs: number | null };
};
