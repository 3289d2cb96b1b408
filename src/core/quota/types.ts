import type { Person } from '../computes.ts';
import type { ComputeKey, ComputeRef, WorkspaceRef } from '../ids.ts';
import type { RefusalCode } from '../policy/codes.ts';
import type { PolicySubject } from '../policy/subject.ts';
import type { Quota, QuotaScope } from '../policy/types.ts';

/** Whatever counts towards a quota: by these facts it falls into the quota's groups. */
export type Member = {
  readonly workspace: WorkspaceRef;
  readonly location: string;
  /** Null: nobody; it counts for no user and no team. */
  readonly owner: Person | null;
  readonly subject: PolicySubject;
};

/** An instance in any state: a stopped one keeps its quota. */
export type Holding = Member & {
  readonly ref: ComputeRef;
  readonly state: string | null;
  /** Null: its size is not in the region's list. */
  readonly cores: number | null;
  readonly gpus: number | null;
};

/** A machine that goes so that another of the same name can take its place: its room is the other's, and nobody else's. */
export type Replaced = {
  readonly compute: ComputeKey;
  readonly family: string;
  readonly cores: number;
  readonly gpus: number;
  /** It is being deleted: what is shown of the name may be either machine, and the old one's room is kept for a way back. */
  readonly isLeaving: boolean;
};

/** What is promised to a request, and not yet seen as a machine. */
export type Reserved = Member & {
  readonly requestId: string;
  readonly compute: ComputeKey;
  readonly cores: number;
  readonly gpus: number;
  readonly replaces?: Replaced | null;
};

/** What a group's instances have cost this month, those deleted since too. */
export type Spent = Member & {
  readonly usd: number;
  /** Hours of a size without a price. */
  readonly unpricedHours: number;
};

/** One machine that somebody asks for. Its size is known: that is checked before. */
export type MachineAsked = Member & {
  /** Its own reservation does not count against it; null: a what-if. */
  readonly requestId: string | null;
  readonly family: string;
  readonly cores: number;
  readonly gpus: number;
  /** Its room counts as free, as far as it is counted at all. */
  readonly replaces?: Replaced | null;
};

/** `limit` null: Azure sets none. */
export type AzureUsage = { readonly used: number; readonly limit: number | null };

/** Azure's own limits of one subscription and region, as it says them. What it did not say is missing or null. */
export type RegionUsages = {
  /** By family as `familyKey` spells it: dedicated cores. */
  readonly families: ReadonlyMap<string, AzureUsage>;
  readonly regional: AzureUsage | null;
  /** Computes of the region, each counting one. */
  readonly computes: AzureUsage | null;
  /** Cores used per workspace and family; one that holds nothing has no entry, null could not be read. */
  readonly workspaceUse: ReadonlyMap<string, ReadonlyMap<string, number | null>>;
  /** Limits that an admin has set on workspaces; null: they could not be read. */
  readonly workspaceLimits: ReadonlyMap<string, ReadonlyMap<string, number>> | null;
  /** Computes that are part of these numbers. */
  readonly shown: ReadonlySet<ComputeKey>;
};

/** A workspace whose computes could not be read: whatever might be in it is not known. */
export type UnreadWorkspace = { readonly workspace: WorkspaceRef; readonly location: string };

export type QuotaInput = {
  readonly quotas: readonly Quota[];
  /** Null: nothing is asked for; the limits are held against what is there. */
  readonly asked: MachineAsked | null;
  readonly holdings: readonly Holding[];
  readonly reserved: readonly Reserved[];
  readonly spent: readonly Spent[];
  readonly unread: readonly UnreadWorkspace[];
  /** Of the asked machine's subscription and region. Null: they cannot be read, and so are unknown. */
  readonly azure: RegionUsages | null;
};

export type QuotaGroup = { readonly per: QuotaScope; readonly key: string; readonly name: string };
export type QuotaUnit = 'cores' | 'instances' | 'gpus' | 'usd-this-month' | 'computes';

/** One limit and where it stands with what is asked for. `usedAtMost` null: more than is known may be in use. */
export type LimitState = {
  readonly code: Extract<RefusalCode, `refuse.quota.${string}` | `refuse.azure.${string}` | 'refuse.budget'>;
  readonly source: 'policy' | 'azure';
  /** Of the quotas in the policy file; null: a limit of Azure's. */
  readonly quotaIndex: number | null;
  readonly group: QuotaGroup;
  readonly unit: QuotaUnit;
  readonly limit: number;
  readonly used: number;
  readonly usedAtMost: number | null;
  readonly reserved: number;
  readonly asked: number;
  readonly state: 'within' | 'exceeded' | 'unknown';
  /** What a request beyond it meets. */
  readonly effect: 'refuse' | 'approval' | 'report';
};

export type QuotaVerdict = {
  /** `unknown`: a hard limit cannot be judged, so nothing may be granted yet. */
  readonly outcome: 'granted' | 'approval' | 'refused' | 'unknown';
  /** Every limit that applies, in the order of the refusal codes. */
  readonly limits: readonly LimitState[];
  /** The hard ones broken; their codes, each once, in the contract's order. */
  readonly refusals: readonly LimitState[];
  readonly codes: readonly LimitState['code'][];
  /** The soft ones that need somebody's approval. */
  readonly approvals: readonly LimitState[];
  readonly unknown: readonly LimitState[];
};
