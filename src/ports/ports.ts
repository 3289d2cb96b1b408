import type { Attachments, OwnIdentity } from './attachments.ts';
import type {
  ComputeSettings,
  Computes,
  Directory,
  Endpoints,
  Jobs,
  Metrics,
  Quotas,
  Sizes,
  Workspaces,
} from './azure.ts';
import type { StandingPrices } from '../core/cost/stopped-cost.ts';
import type { Clock } from './clock.ts';
import type { Ledger } from './ledger.ts';
import type { LinkSeal } from './link-seal.ts';
import type { Notifier } from './notifier.ts';
import type { PolicySource } from './policy-source.ts';
import type { Permissions, Provisioning } from './provisioning.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Everything the app reaches the world by. The composition root, the local run and the simulation each supply their own. */
export type Ports = {
  readonly clock: Clock;
  readonly workspaces: Workspaces;
  readonly computes: Computes;
  readonly jobs: Jobs;
  readonly metrics: Metrics;
  readonly sizes: Sizes;
  readonly quotas: Quotas;
  readonly endpoints: Endpoints;
  readonly computeSettings: ComputeSettings;
  readonly provisioning: Provisioning;
  readonly permissions: Permissions;
  readonly attachments: Attachments;
  readonly ownIdentity: OwnIdentity;
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly policySource: PolicySource;
  readonly signingKeys: SigningKeys;
  readonly linkSeal: LinkSeal;
  /** What a stopped instance goes on costing by, where the deployment says so. */
  readonly standingPrices?: StandingPrices;
};
