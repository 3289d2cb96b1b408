import type { AttachableKind } from '../policy/kinds.ts';

/** What must be known of the underlying resource before it may be attached, or is held against it afterwards. */
export type ResourceRule = 'ubuntu' | 'public-ip' | 'same-subscription';

export type ComputeTarget = {
  /** ARM's `computeType`, or our word for a target that has none. */
  readonly kind: string;
  readonly title: string;
  readonly managed: boolean;
  readonly training: 'yes' | 'pipelines' | 'no';
  readonly inference: 'real-time' | 'batch' | 'tests' | 'elsewhere' | 'no';
  /** How it comes to a workspace; only `attached` ones can be attached and detached. */
  readonly comes: 'attached' | 'created' | 'on-deployment' | 'never';
  /** Why it cannot be attached, as the second half of "cannot be attached, because …". */
  readonly because: string | null;
  readonly rules: readonly ResourceRule[];
  /** The service behind it is retired: whoever still has one is asked to migrate. */
  readonly retired: boolean;
};

export type AttachableTarget = ComputeTarget & {
  readonly kind: AttachableKind;
  /** ARM types (`provider/type[/type]`, lower case) that it may point at. */
  readonly resourceTypes: readonly string[];
  readonly needsResourceId: boolean;
  /** Several attachments of one resource may live side by side where their namespaces differ. */
  readonly apartByNamespace: boolean;
};

const base = { managed: false, because: null, rules: [], retired: false } as const;
const attachable = {
  ...base,
  comes: 'attached',
  needsResourceId: true,
  apartByNamespace: false,
} as const;

/** Kinds that can be attached, with the rules that hold for each. */
export const attachableTargets: Readonly<Record<AttachableKind, AttachableTarget>> = {
  VirtualMachine: {
    ...attachable,
    kind: 'VirtualMachine',
    title: 'Remote virtual machine',
    training: 'yes',
    inference: 'no',
    rules: ['ubuntu', 'public-ip'],
    resourceTypes: ['microsoft.compute/virtualmachines'],
  },
  HDInsight: {
    ...attachable,
    kind: 'HDInsight',
    title: 'HDInsight Spark cluster',
    training: 'pipelines',
    inference: 'no',
    rules: ['public-ip'],
    resourceTypes: ['microsoft.hdinsight/clusters'],
  },
  Databricks: {
    ...attachable,
    kind: 'Databricks',
    title: 'Databricks workspace',
    training: 'yes',
    inference: 'no',
    rules: ['same-subscription'],
    resourceTypes: ['microsoft.databricks/workspaces'],
  },
  DataLakeAnalytics: {
    ...attachable,
    kind: 'DataLakeAnalytics',
    title: 'Data Lake Analytics account',
    training: 'pipelines',
    inference: 'no',
    retired: true,
    resourceTypes: ['microsoft.datalakeanalytics/accounts'],
  },
  AKS: {
    ...attachable,
    kind: 'AKS',
    title: 'Azure Kubernetes Service cluster',
    training: 'no',
    inference: 'real-time',
    resourceTypes: ['microsoft.containerservice/managedclusters'],
  },
  Kubernetes: {
    ...attachable,
    kind: 'Kubernetes',
    title: 'Kubernetes cluster with the Azure ML extension',
    training: 'yes',
    inference: 'real-time',
    apartByNamespace: true,
    resourceTypes: ['microsoft.containerservice/managedclusters', 'microsoft.kubernetes/connectedclusters'],
  },
  SynapseSpark: {
    ...attachable,
    kind: 'SynapseSpark',
    title: 'Synapse Spark pool',
    training: 'yes',
    inference: 'no',
    resourceTypes: ['microsoft.synapse/workspaces/bigdatapools'],
  },
  DataFactory: {
    ...attachable,
    kind: 'DataFactory',
    title: 'Data factory',
    training: 'pipelines',
    inference: 'no',
    needsResourceId: false,
    resourceTypes: ['microsoft.datafactory/factories'],
  },
};

const others: readonly ComputeTarget[] = [
  {
    ...base,
    kind: 'local',
    title: 'Local computer',
    training: 'yes',
    inference: 'tests',
    comes: 'never',
    because: 'a workspace does not know computers of its users: code runs there without being attached',
  },
  {
    ...base,
    kind: 'ComputeInstance',
    title: 'Compute instance',
    managed: true,
    training: 'yes',
    inference: 'tests',
    comes: 'created',
    because: 'a compute instance is created in its workspace: ask for one with a request',
  },
  {
    ...base,
    kind: 'AmlCompute',
    title: 'Compute cluster',
    managed: true,
    training: 'yes',
    inference: 'batch',
    comes: 'created',
    because: 'a compute cluster is created in its workspace',
  },
  {
    ...base,
    kind: 'Batch',
    title: 'Azure Batch',
    training: 'pipelines',
    inference: 'no',
    comes: 'never',
    because:
      'Azure Resource Manager has no compute of that kind: only the first Python SDK can use a Batch account, and Lamplighter cannot see it',
  },
  {
    ...base,
    kind: 'ContainerInstances',
    title: 'Azure Container Instances',
    training: 'no',
    inference: 'tests',
    comes: 'on-deployment',
    because: 'a container instance comes and goes with the deployment that runs on it',
  },
  {
    ...base,
    kind: 'Functions',
    title: 'Azure Functions',
    training: 'no',
    inference: 'elsewhere',
    comes: 'never',
    because: 'Azure ML only builds the container, which is then deployed without a workspace',
  },
  {
    ...base,
    kind: 'IotEdge',
    title: 'Azure IoT Edge',
    training: 'no',
    inference: 'elsewhere',
    comes: 'never',
    because: 'Azure ML only builds the container, which is then deployed without a workspace',
  },
];

/** Every compute target that Azure ML documents, and what Lamplighter knows of it. */
export const computeTargets: readonly ComputeTarget[] = [...others, ...Object.values(attachableTargets)];

const otherNames: Readonly<Record<string, string>> = {
  aci: 'ContainerInstances',
  azurebatch: 'Batch',
  cluster: 'AmlCompute',
  computer: 'local',
  dsvm: 'VirtualMachine',
  iot: 'IotEdge',
  localcomputer: 'local',
  vm: 'VirtualMachine',
};
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^azure/, '')
    .replaceAll(/[^a-z0-9]/g, '');

/** The target of that kind, in any casing and by the names people use; null: no such target. */
export function targetOf(kind: string): ComputeTarget | null {
  const named = otherNames[bare(kind)] ?? kind;
  return computeTargets.find((target) => bare(target.kind) === bare(named)) ?? null;
}

/** The attachable target of that kind, as ARM spells it or in another casing; null: it cannot be attached. */
export function attachableTargetOf(kind: string): AttachableTarget | null {
  const lower = kind.toLowerCase();
  return Object.values(attachableTargets).find((target) => target.kind.toLowerCase() === lower) ?? null;
}
