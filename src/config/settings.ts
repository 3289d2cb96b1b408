import type { StandingPrices } from '../core/cost/stopped-cost.ts';
import type { ResourceGroupName, SubscriptionId, WorkspaceName } from '../core/ids.ts';
import type { Secret } from './secret.ts';

/** One workspace that the deployment may touch; without a subscription it is looked for in all of them. */
export type WorkspaceScope = {
  readonly subscriptionId: SubscriptionId | null;
  readonly resourceGroup: ResourceGroupName;
  readonly workspace: WorkspaceName;
};

/** What the deployment may look at and act on. `workspaces` null: every workspace of the subscriptions. */
export type Scope = {
  readonly subscriptions: readonly SubscriptionId[];
  readonly workspaces: readonly WorkspaceScope[] | null;
};

export type PolicyLocation =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'blob'; readonly url: string };

export type LedgerLocation =
  | { readonly kind: 'account'; readonly endpoint: string }
  /** The storage emulator on this machine; never a real account, whose key would then stand in the settings. */
  | { readonly kind: 'emulator'; readonly connection: Secret };

/** Shown time = `shownAt` + (real time − `realAt`) × `factor`. */
export type AcceleratedClock = {
  readonly realAt: number;
  readonly shownAt: number;
  readonly factor: number;
};

/** Everything a deployment says of itself; what admins decide from day to day is in the policy file instead. */
export type Settings = {
  readonly scope: Scope;
  readonly policy: PolicyLocation;
  readonly tenantId: string;
  readonly audiences: readonly string[];
  /** The platform checks sign-ins before requests arrive, so that its `x-ms-client-principal` header can be believed. */
  readonly platformAuthentication: boolean;
  readonly ledger: LedgerLocation;
  /** Put before each table's name, so that several deployments can share an account. */
  readonly ledgerPrefix: string;
  /** A Teams Workflows webhook; its URL carries the signature that lets one post. Null: ledger and page are the channel. */
  readonly notifierWebhook: Secret | null;
  /** Keys that seal links in messages, base64: the first seals, each opens. None: messages link to the page alone. */
  readonly linkKeys: readonly Secret[];
  /** List prices of what a stopped instance goes on using; null: not known. */
  readonly standingPrices: StandingPrices;
  /** Client ids of user-assigned identities; null: the app's system-assigned one. */
  readonly identities: {
    readonly reader: string | null;
    readonly stopper: string | null;
    readonly provisioner: string | null;
    /** Attaches and detaches targets; left out: the provisioner does. */
    readonly attacher?: string;
  };
  /** Where people reach the app, without a slash at the end; links in messages start with it. */
  readonly publicUrl: string | null;
  /** The simulated Azure of a local run; null in every deployment. */
  readonly loopback: { readonly origin: string; readonly clock: AcceleratedClock | null } | null;
};
