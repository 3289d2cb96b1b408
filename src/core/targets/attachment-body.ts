import type { AttachableKind } from '../policy/kinds.ts';
import type { SecretName } from './attachment-secrets.ts';

type Json = Readonly<Record<string, unknown>>;
/** The body of the PUT that attaches, as ARM takes it. Without secrets it may be kept; with them it goes to Azure only. */
export type AttachmentBody = {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly identity?: Json;
  readonly properties: Json & { readonly computeType: string };
};
export type Secrets = Readonly<Partial<Record<SecretName, string>>>;

/** Carried by what Lamplighter attached: says by which request. */
export const requestTag = 'lamplighter-request';

/** Members that look like secrets are neither taken from requests nor kept of what Azure answers. */
const secretLike =
  /password|secret|token|private_?key|connection_?string|credential|^(key|cert|certificate|accountkey|sas)$/i;
/** What Azure works out by itself and does not take back. */
const computed = new Set([
  'provisioningstate',
  'provisioningerrors',
  'createdon',
  'modifiedon',
  'isattachedcompute',
  'systemservices',
  'extensionprincipalid',
  'extensioninstancereleasetrain',
]);

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Places (`administratorAccount.password`) of members that look like secrets. */
export function secretLikeMembers(value: unknown, place = ''): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => secretLikeMembers(item, `${place}${index}.`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretLike.test(name) && inner !== null
      ? [`${place}${name}`]
      : secretLikeMembers(inner, `${place}${name}.`),
  );
}

function settable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settable);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name, inner]) => inner !== null && !computed.has(name.toLowerCase()) && !secretLike.test(name),
      )
      .map(([name, inner]) => [name, settable(inner)]),
  );
}

/** The body with which an attachment of today could be attached again, as far as Azure tells it: secrets are not in it. */
export function bodyToRestore(compute: {
  readonly kind: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly raw: Json;
}): AttachmentBody {
  const properties = settable(compute.raw) as Json;
  return {
    location: compute.location,
    tags: compute.tags,
    properties: { ...properties, computeType: compute.kind },
  };
}

const merged = (base: unknown, more: Json): Json => ({ ...(isRecord(base) ? base : {}), ...more });

/** What the kind's own properties gain by its secrets. */
function withSecrets(kind: AttachableKind, inner: Json, secrets: Secrets): Json {
  switch (kind) {
    case 'Databricks':
      return secrets.accessToken === undefined
        ? inner
        : { ...inner, databricksAccessToken: secrets.accessToken };
    case 'VirtualMachine':
    case 'HDInsight': {
      const account = {
        ...(secrets.password === undefined ? {} : { password: secrets.password }),
        ...(secrets.privateKey === undefined ? {} : { privateKeyData: secrets.privateKey }),
      };
      return { ...inner, administratorAccount: merged(inner['administratorAccount'], account) };
    }
    case 'AKS': {
      const ssl = {
        ...(secrets.sslCertificate === undefined ? {} : { cert: secrets.sslCertificate }),
        ...(secrets.sslKey === undefined ? {} : { key: secrets.sslKey }),
      };
      if (Object.keys(ssl).length === 0) return inner;
      return { ...inner, sslConfiguration: merged(inner['sslConfiguration'], ssl) };
    }
    case 'DataLakeAnalytics':
    case 'Kubernetes':
    case 'SynapseSpark':
    case 'DataFactory':
      return inner;
  }
}

/** The body as it goes to Azure: with the secrets, and the tag that says whose it is. */
export function bodyToSend(
  kind: AttachableKind,
  body: AttachmentBody,
  secrets: Secrets,
  requestId: string,
): AttachmentBody {
  const inner = isRecord(body.properties['properties']) ? body.properties['properties'] : {};
  return {
    ...body,
    tags: { ...body.tags, [requestTag]: requestId },
    properties: { ...body.properties, properties: withSecrets(kind, inner, secrets) },
  };
}
