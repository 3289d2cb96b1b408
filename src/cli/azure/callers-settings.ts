import { type GivenSettings, loadGiven } from '../../config/load.ts';
import type { LedgerLocation, PolicyLocation, WorkspaceScope } from '../../config/settings.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { SubscriptionId } from '../../core/ids.ts';
import { readSettingsFile } from './settings-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags of every command that reads Azure as the caller; each stands for a setting of a deployment. */
export const azureFlags = {
  subscription: {
    type: 'string',
    valueHint: 'ID,…',
    description: 'Subscriptions to look at; left out: all that you see',
  },
  workspace: {
    type: 'string',
    valueHint: 'GROUP/WORKSPACE,…',
    description: 'Only these workspaces',
  },
  policy: {
    type: 'string',
    valueHint: 'FILE|URL',
    description: 'The policy file or blob; left out: the deployment’s, else the product’s defaults',
  },
  ledger: {
    type: 'string',
    valueHint: 'ENDPOINT|none',
    description: 'Table endpoint of a deployment, to count its snoozes, warnings and session reports',
  },
  settings: {
    type: 'string',
    valueHint: 'FILE',
    description: 'A deployment’s LAMPLIGHTER_* settings as NAME=value lines',
  },
} as const;

export type AzureFlags = {
  readonly subscription?: string | undefined;
  readonly workspace?: string | undefined;
  readonly policy?: string | undefined;
  readonly ledger?: string | undefined;
  readonly settings?: string | undefined;
};

export type CallersSettings = {
  /** Null: all that the caller sees. */
  readonly subscriptions: readonly SubscriptionId[] | null;
  readonly workspaces: readonly WorkspaceScope[] | null;
  readonly policy: PolicyLocation | null;
  /** Whether the policy was named by a flag: then it is what is to be tried. */
  readonly policyIsTried: boolean;
  readonly ledger: LedgerLocation | null;
  readonly ledgerPrefix: string;
  readonly tenantId: string | null;
  readonly loopback: NonNullable<GivenSettings['LAMPLIGHTER_LOOPBACK_AZURE']> | null;
  readonly clock: GivenSettings['LAMPLIGHTER_LOOPBACK_CLOCK'] | null;
  /** Everything there is, flags aside: for what else a command needs of it. */
  readonly environment: Environment;
};

const settingOf = {
  LAMPLIGHTER_SUBSCRIPTIONS: 'subscription',
  LAMPLIGHTER_WORKSPACES: 'workspace',
  LAMPLIGHTER_POLICY: 'policy',
  LAMPLIGHTER_LEDGER_ENDPOINT: 'ledger',
} as const;

/** Flags win over the settings file, and that over the environment. */
function merged(flags: AzureFlags, environment: Environment): Environment {
  const file = flags.settings === undefined ? {} : readSettingsFile(flags.settings);
  const all: Record<string, string | undefined> = { ...environment, ...file };
  for (const [name, flag] of Object.entries(settingOf)) {
    const value = flags[flag];
    if (value !== undefined) all[name] = value;
  }
  if (flags.ledger !== undefined) all['LAMPLIGHTER_LEDGER_CONNECTION'] = undefined;
  if (flags.ledger === 'none') all['LAMPLIGHTER_LEDGER_ENDPOINT'] = undefined;
  return all;
}

/** Names the flag where the value came from one. */
function refused(
  flags: AzureFlags,
  faults: readonly { variable: string; detail: string }[],
): LamplighterError {
  const lines = faults.map(({ variable, detail }) => {
    const flag = settingOf[variable as keyof typeof settingOf];
    return flag !== undefined && flags[flag] !== undefined ? detail.replace(variable, `--${flag}`) : detail;
  });
  return new LamplighterError(lines.join('\n'), {
    code: 'cli.bad-flag',
    fault: 'caller',
    fix: '--help shows the flags with examples.',
  });
}

/** What the caller asked for. Throws `cli.bad-flag` with every fault, or `cli.bad-settings`. */
export function callersSettings(flags: AzureFlags, environment: Environment): CallersSettings {
  const all = merged(flags, environment);
  const loaded = loadGiven(all);
  if (!loaded.ok) throw refused(flags, loaded.faults);
  const { given } = loaded;
  if (given.LAMPLIGHTER_LOOPBACK_CLOCK !== undefined && given.LAMPLIGHTER_LOOPBACK_AZURE === undefined) {
    throw refused(flags, [
      {
        variable: 'LAMPLIGHTER_LOOPBACK_CLOCK',
        detail:
          'LAMPLIGHTER_LOOPBACK_CLOCK is for a simulated Azure only: real computes are judged by real time.',
      },
    ]);
  }
  return {
    subscriptions: given.LAMPLIGHTER_SUBSCRIPTIONS ?? null,
    workspaces: given.LAMPLIGHTER_WORKSPACES ?? null,
    policy: given.LAMPLIGHTER_POLICY ?? null,
    policyIsTried: flags.policy !== undefined,
    ledger: given.LAMPLIGHTER_LEDGER_ENDPOINT ?? given.LAMPLIGHTER_LEDGER_CONNECTION ?? null,
    ledgerPrefix: given.LAMPLIGHTER_LEDGER_PREFIX ?? 'lamplighter',
    tenantId: given.LAMPLIGHTER_TENANT_ID ?? null,
    loopback: given.LAMPLIGHTER_LOOPBACK_AZURE ?? null,
    clock: given.LAMPLIGHTER_LOOPBACK_CLOCK ?? null,
    environment: all,
  };
}
