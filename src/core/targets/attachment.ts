import type { Compute } from '../computes.ts';
import { computeKey, type ComputeRef } from '../ids.ts';
import type { AttachableKind } from '../policy/kinds.ts';
import { attachableTargetOf, attachableTargets } from './catalogue.ts';
import { resourceOf } from './attachment-resource.ts';

/** An attachment as the fleet's index holds it. */
export type Attachment = {
  readonly ref: ComputeRef;
  readonly kind: AttachableKind;
  /** As Azure spells it; null: it does not say. */
  readonly resourceId: string | null;
  /** Says what it occupies: attachments with the same key break one another. Null: Azure does not say what it points at. */
  readonly key: string | null;
  /** Of a Kubernetes attachment: the cluster is shared with those of other namespaces. */
  readonly namespace: string | null;
  readonly attachedAt: number | null;
  readonly region: string | null;
  /** Whether keys and passwords of its own open it; null: not said. */
  readonly localAuth: boolean | null;
  /** A notebook VM of the time before compute instances. */
  readonly notebookVm: boolean;
  readonly tags: Readonly<Record<string, string>>;
};

type Properties = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Properties) : {};

function fieldOf(record: Properties, name: string): unknown {
  const lower = name.toLowerCase();
  const key = Object.keys(record).find((one) => one.toLowerCase() === lower);
  return key === undefined ? undefined : record[key];
}
const textOf = (record: Properties, name: string): string | null => {
  const value = fieldOf(record, name);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

const hdInsightHost = /^([a-z0-9][-a-z0-9]{0,62}?)(?:-ssh|-int)?\.azurehdinsight\.net$/i;

/** HDInsight names are unique in Azure: an address and an id that bear the same one are the same cluster. */
function hdInsightName(resourceName: string | null, address: string | null): string | null {
  return resourceName ?? hdInsightHost.exec(address ?? '')?.[1] ?? null;
}

/** A pool's id is written in four fields where the attachment has none of its own. */
function synapsePool(inner: Properties): string | null {
  const [subscription, group, workspace, pool] = [
    'subscriptionId',
    'resourceGroup',
    'workspaceName',
    'poolName',
  ].map((name) => textOf(inner, name));
  if (subscription === null || group === null || workspace === null || pool === null) return null;
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Synapse/workspaces/${workspace}/bigDataPools/${pool}`;
}

/** What an attachment of that kind occupies, in lower case; null: it cannot be told. */
export function occupiedKey(
  kind: AttachableKind,
  resourceId: string | null,
  properties: Properties,
): string | null {
  const stated = kind === 'SynapseSpark' ? (resourceId ?? synapsePool(properties)) : resourceId;
  const resource = resourceOf(stated);
  switch (kind) {
    case 'HDInsight': {
      const name = hdInsightName(resource?.name ?? null, textOf(properties, 'address'));
      return name === null ? null : `hdinsight:${name.toLowerCase()}`;
    }
    case 'Databricks': {
      const url = textOf(properties, 'workspaceUrl');
      return (
        resource?.key ??
        (url === null
          ? null
          : `databricks:${url
              .toLowerCase()
              .replace(/^https:\/\//, '')
              .replace(/\/+$/, '')}`)
      );
    }
    case 'DataLakeAnalytics': {
      const account = resource?.name ?? textOf(properties, 'dataLakeStoreAccountName');
      return account === null ? null : `datalakeanalytics:${account.toLowerCase()}`;
    }
    case 'VirtualMachine':
    case 'AKS':
    case 'Kubernetes':
    case 'SynapseSpark':
    case 'DataFactory':
      return resource?.key ?? null;
  }
}

const defaultNamespace = 'default';

export const namespaceOf = (kind: AttachableKind, properties: Properties): string | null =>
  attachableTargets[kind].apartByNamespace
    ? (textOf(properties, 'namespace') ?? defaultNamespace).toLowerCase()
    : null;

/** The compute as an attachment; null: it is of a kind that is not attached. */
export function attachmentOf(compute: Compute): Attachment | null {
  const target = attachableTargetOf(compute.kind);
  if (target === null) return null;
  const inner = recordOf(fieldOf(compute.raw, 'properties'));
  const resourceId = textOf(compute.raw, 'resourceId');
  const localAuthOff = fieldOf(compute.raw, 'disableLocalAuth');
  const region = textOf(compute.raw, 'computeLocation') ?? compute.location;
  return {
    ref: compute.ref,
    kind: target.kind,
    resourceId: resourceId ?? (target.kind === 'SynapseSpark' ? synapsePool(inner) : null),
    key: occupiedKey(target.kind, resourceId, inner),
    namespace: namespaceOf(target.kind, inner),
    attachedAt: compute.createdAt,
    region: region === '' ? null : region,
    localAuth: typeof localAuthOff === 'boolean' ? !localAuthOff : null,
    notebookVm: target.kind === 'VirtualMachine' && fieldOf(inner, 'isNotebookInstanceCompute') === true,
    tags: compute.tags,
  };
}

/** Whether one of the two breaks the other. */
export function collide(
  one: Pick<Attachment, 'key' | 'namespace'>,
  other: Pick<Attachment, 'key' | 'namespace'>,
): boolean {
  if (one.key === null || one.key !== other.key) return false;
  // Two namespaces share a cluster in peace; an attachment that knows no namespaces has all of it.
  return one.namespace === null || other.namespace === null || one.namespace === other.namespace;
}

/** By time of attaching, then by name: the first is the one that was there before the others. */
export function byAge(one: Attachment, other: Attachment): number {
  const byTime = (one.attachedAt ?? Number.MAX_SAFE_INTEGER) - (other.attachedAt ?? Number.MAX_SAFE_INTEGER);
  if (byTime !== 0) return byTime;
  const names = [one, other].map(({ ref }) => `${ref.compute.toLowerCase()} ${computeKey(ref)}`);
  return (names[0] ?? '') < (names[1] ?? '') ? -1 : 1;
}
