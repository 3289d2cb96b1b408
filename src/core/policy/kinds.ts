/** Compute kinds that are attached to a workspace, as ARM spells them. */
export const attachableKinds = [
  'VirtualMachine',
  'HDInsight',
  'Databricks',
  'DataLakeAnalytics',
  'AKS',
  'Kubernetes',
  'SynapseSpark',
  'DataFactory',
] as const;
export type AttachableKind = (typeof attachableKinds)[number];

/** Every compute kind Lamplighter knows of. */
export const computeKinds = ['ComputeInstance', 'AmlCompute', ...attachableKinds] as const;
