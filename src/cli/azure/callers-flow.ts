import { createPolicyBlob } from '../../adapters/azure/policy-blob.ts';
import { createTablesLedger } from '../../adapters/azure/tables-ledger.ts';
import { createPolicyFile } from '../../adapters/files/policy-file.ts';
import { createOverlayLedger } from '../../adapters/ledger/overlay-ledger.ts';
import { ledgerOnlyNotifier } from '../../adapters/ledger-only-notifier.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { faultLine } from '../../core/yaml/fault.ts';
import type { Flow } from '../../fleet/flow.ts';
import { readCurrentPolicy, readPolicyText } from '../../ledger/policies.ts';
import { listSeenWorkspaces } from '../../ledger/workspaces.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { PolicySource } from '../../ports/policy-source.ts';
import type { CallersAzure } from './callers-azure.ts';
import type { CallersSettings } from './callers-settings.ts';
import { type NotedSetting, noteSettings } from './noted-settings.ts';
import { rememberingDirectory } from './remembering-directory.ts';

export type CallersFlow = {
  readonly flow: Flow;
  /** What to call the policy in a sentence. */
  readonly policyName: string;
  /** Where the ledger was read; null: there is none. */
  readonly ledgerName: string | null;
  readonly settingsNoted: () => readonly NotedSetting[];
  /** What a sweep would have deleted, by somebody's consent. */
  readonly deletionsNoted: () => readonly ComputeRef[];
};

function ledgerBelow(settings: CallersSettings, azure: CallersAzure): Ledger | null {
  const { ledger, ledgerPrefix: prefix } = settings;
  if (ledger === null) return null;
  const { clientOptions } = azure.transport;
  const location =
    ledger.kind === 'account'
      ? { ...ledger, credential: azure.credential }
      : ({ kind: 'emulator', connection: ledger.connection.reveal() } as const);
  return createTablesLedger({ location, prefix, clientOptions });
}

/** What a deployment goes by that does not say where its policy comes from. */
const policyInForce = (ledger: Ledger): PolicySource => ({
  name: 'the policy in force',
  async read() {
    const current = await readCurrentPolicy(ledger);
    return current === null ? '' : ((await readPolicyText(ledger, current.hash)) ?? '');
  },
});

const defaults: PolicySource = { name: 'the product’s defaults', read: async () => '' };

function sourceOf(settings: CallersSettings, azure: CallersAzure, below: Ledger | null): PolicySource {
  const { policy } = settings;
  if (policy === null) return below === null ? defaults : policyInForce(below);
  return policy.kind === 'file'
    ? createPolicyFile(policy.path)
    : createPolicyBlob({ transport: azure.transport, credential: azure.credential, url: policy.url });
}

async function textOf(source: PolicySource): Promise<string> {
  try {
    return await source.read();
  } catch (cause) {
    if (!(cause instanceof LamplighterError) || cause.code !== 'policy.unreadable') throw cause;
    throw new LamplighterError(cause.message, {
      code: 'cli.no-policy',
      fault: 'caller',
      field: 'policy',
      fix: 'Give the path of a YAML file, or the URL of a blob that you may read (Storage Blob Data Reader).',
      cause,
    });
  }
}

/** A deployment would keep its last good policy; whoever tries one wants to know what is wrong with it. */
async function checked(source: PolicySource): Promise<PolicySource> {
  const text = await textOf(source);
  const parsed = parsePolicy(text);
  if (parsed.ok) return { name: source.name, read: async () => text };
  throw new LamplighterError(parsed.faults.map((fault) => faultLine(source.name, fault)).join('\n'), {
    code: 'cli.bad-policy',
    fault: 'policy',
    field: 'policy',
    fix: 'Correct the file; docs/policy.schema.json describes every key.',
  });
}

async function readable(ledger: Ledger, name: string): Promise<void> {
  try {
    await readCurrentPolicy(ledger);
    await listSeenWorkspaces(ledger);
  } catch (cause) {
    const said = cause instanceof LamplighterError ? cause.message : 'it cannot be read.';
    throw new LamplighterError(`The ledger at ${name}: ${said}`, {
      code: 'cli.no-ledger',
      fault: 'caller',
      field: 'ledger',
      fix: 'Ask for the role Storage Table Data Reader on the account, or go without it by --ledger none.',
      cause,
    });
  }
}

/**
 * The steps of the app over the caller's Azure: reads come from Azure and the deployment's ledger, writes stay in memory
 * and are noted. Throws `cli.bad-policy`, `cli.no-policy` and `cli.no-ledger`.
 */
export async function openCallersFlow(
  settings: CallersSettings,
  azure: CallersAzure,
  below: Ledger | null = ledgerBelow(settings, azure),
): Promise<CallersFlow> {
  const { ledger } = settings;
  const ledgerName =
    ledger === null
      ? below === null
        ? null
        : 'memory'
      : ledger.kind === 'account'
        ? ledger.endpoint
        : 'the emulator';
  if (below !== null) await readable(below, ledgerName ?? '');
  const policySource = await checked(sourceOf(settings, azure, below));
  const noted = noteSettings();
  const deleted: ComputeRef[] = [];
  return {
    policyName: policySource.name,
    ledgerName,
    settingsNoted: noted.all,
    deletionsNoted: () => [...deleted],
    flow: {
      scope: azure.scope,
      ports: {
        ...azure.ports,
        clock: azure.clock,
        computeSettings: noted.port,
        provisioning: {
          ...azure.ports.provisioning,
          async delete(ref) {
            deleted.push(ref);
            return { ok: true, value: 'accepted' };
          },
        },
        directory: rememberingDirectory(azure.ports.directory),
        ledger: createOverlayLedger(below ?? createMemoryLedger()),
        notifier: ledgerOnlyNotifier,
        policySource,
        signingKeys: { read: async () => ({ keys: [] }) },
        linkSeal: { seal: () => null, open: () => null },
      },
    },
  };
}
