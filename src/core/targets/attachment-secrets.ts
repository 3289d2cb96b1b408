import { LamplighterError } from '../errors.ts';
import type { AttachableKind } from '../policy/kinds.ts';

/** Secrets that a kind is attached with, by the names a request uses for them. */
export const secretNames = ['accessToken', 'password', 'privateKey', 'sslCertificate', 'sslKey'] as const;
export type SecretName = (typeof secretNames)[number];

/** Where a secret lies: never the secret itself. */
export type SecretAddress = {
  readonly vault: string;
  readonly secret: string;
  readonly version: string | null;
};
export type SecretAddresses = Readonly<Partial<Record<SecretName, string>>>;

const may: Readonly<Record<AttachableKind, readonly SecretName[]>> = {
  VirtualMachine: ['password', 'privateKey'],
  HDInsight: ['password', 'privateKey'],
  Databricks: ['accessToken'],
  DataLakeAnalytics: [],
  AKS: ['sslCertificate', 'sslKey'],
  Kubernetes: [],
  SynapseSpark: [],
  DataFactory: [],
};
/** One of these has to be there. */
const needsOneOf: Readonly<Partial<Record<AttachableKind, readonly SecretName[]>>> = {
  VirtualMachine: ['password', 'privateKey'],
  HDInsight: ['password', 'privateKey'],
  Databricks: ['accessToken'],
};

const pattern =
  /^https:\/\/([a-z][-a-z0-9]{1,22}[a-z0-9])\.vault\.azure\.net\/secrets\/([-A-Za-z0-9]{1,127})(?:\/([0-9a-f]{32}))?\/?$/i;

function invalid(message: string, field: string): LamplighterError {
  return new LamplighterError(message, {
    code: 'secret.invalid',
    fault: 'caller',
    field,
    fix: 'Put the secret into a Key Vault that Lamplighter’s attaching identity may read, and give https://VAULT.vault.azure.net/secrets/NAME; never the secret itself.',
  });
}

/** Parses the identifier of a Key Vault secret. Throws `secret.invalid`, which never repeats what was given. */
export function parseSecretAddress(text: unknown, field = 'secrets'): SecretAddress {
  const match = typeof text === 'string' ? pattern.exec(text) : null;
  const [, vault, secret, version] = match ?? [];
  if (vault === undefined || secret === undefined) {
    throw invalid('This is not the identifier of a Key Vault secret.', field);
  }
  return { vault: vault.toLowerCase(), secret, version: version ?? null };
}

/** Which secrets the kind lacks to be attached, in words; null: it has what it needs. */
export function missingSecret(kind: AttachableKind, given: SecretAddresses): string | null {
  const needed = needsOneOf[kind] ?? [];
  if (needed.length === 0 || needed.some((name) => given[name] !== undefined)) return null;
  return needed.join(' or ');
}

/** Throws `secret.invalid` where a secret is named that the kind has no use for. */
export function checkSecrets(kind: AttachableKind, given: SecretAddresses): void {
  for (const [name, address] of Object.entries(given)) {
    if (!may[kind].some((one) => one === name))
      throw invalid(`A ${kind} is not attached with a ${name}.`, `secrets.${name}`);
    parseSecretAddress(address, `secrets.${name}`);
  }
}

export const takesSecrets = (kind: AttachableKind): boolean => needsOneOf[kind] !== undefined;
