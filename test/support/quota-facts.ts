import {
  type ComputeKey,
  parseComputeName,
  parseObjectId,
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
  shortHash,
  type WorkspaceRef,
} from '../../src/core/ids.ts';
import type { Person } from '../../src/core/computes.ts';
import type { PolicySubject } from '../../src/core/policy/subject.ts';
import type { Quota, QuotaScope } from '../../src/core/policy/types.ts';
import { familyKey } from '../../src/core/quota/family-key.ts';
import type {
  AzureUsage,
  Holding,
  MachineAsked,
  Member,
  QuotaInput,
  RegionUsages,
} from '../../src/core/quota/types.ts';

const guidOf = (name: string): string =>
  shortHash(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const personNamed = (name: string): Person => ({ objectId: parseObjectId(guidOf(name)), name });

export const workspaceNamed = (name: string, subscription = 'sub1'): WorkspaceRef => ({
  subscriptionId: parseSubscriptionId(guidOf(subscription)),
  resourceGroup: parseResourceGroupName('rg'),
  workspace: parseWorkspaceName(name),
});

export type MachineFacts = {
  readonly workspace?: WorkspaceRef;
  readonly location?: string;
  readonly teams?: readonly string[] | null;
  readonly vmSize?: string;
  readonly family?: string | null;
  readonly gpus?: number;
  readonly state?: string;
  readonly tags?: Readonly<Record<string, string>>;
};

export function memberOf(user: string | null, compute: string, facts: MachineFacts): Member {
  const workspace = facts.workspace ?? workspaceNamed('ws1');
  const owner = user === null ? null : personNamed(user);
  const subject: PolicySubject = {
    subscription: workspace.subscriptionId,
    workspace: workspace.workspace,
    compute,
    kind: 'ComputeInstance',
    user: owner === null ? [] : [owner.objectId, user ?? ''],
    teams: facts.teams === undefined ? [] : facts.teams,
    vmSize: facts.vmSize ?? 'Standard_DS3_v2',
    family: facts.family === undefined ? 'standardDSv2Family' : facts.family,
    gpu: (facts.gpus ?? 0) > 0,
    tags: facts.tags ?? {},
  };
  return { workspace, location: facts.location ?? 'westeurope', owner, subject };
}

export const asked = (user: string, cores: number, facts: MachineFacts = {}): MachineAsked => ({
  ...memberOf(user, 'ci-new', facts),
  requestId: null,
  family: facts.family ?? 'standardDSv2Family',
  cores,
  gpus: facts.gpus ?? 0,
});

export function holding(
  user: string | null,
  compute: string,
  cores: number | null,
  facts: MachineFacts = {},
): Holding {
  const member = memberOf(user, compute, facts);
  return {
    ...member,
    ref: { ...member.workspace, compute: parseComputeName(compute) },
    state: facts.state ?? 'Running',
    cores,
    gpus: cores === null ? null : (facts.gpus ?? 0),
  };
}

export const quotaOf = (per: QuotaScope, more: Partial<Quota>): Quota => ({
  per,
  match: {},
  cores: null,
  instances: null,
  gpus: null,
  moneyPerMonth: null,
  enforcement: 'hard',
  onExceeded: 'block',
  ...more,
});

/** A region in which nothing is used, with room for 1,000 of everything but what is given. */
export const regionWith = (given: {
  readonly regional?: number;
  readonly computes?: AzureUsage;
  readonly families?: Readonly<Record<string, AzureUsage>>;
  readonly workspaceLimits?: RegionUsages['workspaceLimits'];
  readonly workspaceUse?: RegionUsages['workspaceUse'];
  readonly shown?: readonly ComputeKey[];
}): RegionUsages => ({
  families: new Map(
    Object.entries({ standardDSv2Family: { used: 0, limit: 1000 }, ...given.families }).map(
      ([family, usage]) => [familyKey(family), usage],
    ),
  ),
  regional: { used: 0, limit: given.regional ?? 1000 },
  computes: given.computes ?? { used: 0, limit: 1000 },
  workspaceUse: given.workspaceUse ?? new Map(),
  workspaceLimits: given.workspaceLimits === undefined ? new Map() : given.workspaceLimits,
  shown: new Set(given.shown ?? []),
});

export const noQuotaInput: QuotaInput = {
  quotas: [],
  asked: null,
  holdings: [],
  reserved: [],
  spent: [],
  unread: [],
  azure: regionWith({}),
};
