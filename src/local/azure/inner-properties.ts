import { objectIdOf, tenantId } from './names.ts';
import type { Json, JsonObject } from './json.ts';
import type { ClusterSpec, ComputeSpec } from './world-spec.ts';

/** Keys of the kinds' own `properties.properties`: in a world's `properties` they are understood one level up as well. */
const innerKeys = new Set([
  'vmSize',
  'subnet',
  'applicationSharingPolicy',
  'sshSettings',
  'computeInstanceAuthorizationType',
  'personalComputeInstanceSettings',
  'enableSSO',
  'setupScripts',
  'customServices',
  'schedules',
  'idleTimeBeforeShutdown',
  'enableNodePublicIp',
  'lastOperation',
  'createdBy',
  'connectivityEndpoints',
  'applications',
  'osImageMetadata',
  'errors',
  'containers',
  'dataDisks',
  'dataMounts',
  'versions',
  'osType',
  'vmPriority',
  'virtualMachineImage',
  'isolatedNetwork',
  'scaleSettings',
  'userAccountCredentials',
  'remoteLoginPortPublicAccess',
  'virtualMachineSize',
  'sshPort',
  'notebookServerPort',
  'address',
  'administratorAccount',
  'isNotebookInstanceCompute',
  'databricksAccessToken',
  'workspaceUrl',
  'dataLakeStoreAccountName',
  'clusterFqdn',
  'systemServices',
  'agentCount',
  'agentVmSize',
  'clusterPurpose',
  'sslConfiguration',
  'aksNetworkingConfiguration',
  'loadBalancerType',
  'loadBalancerSubnet',
  'namespace',
  'defaultInstanceType',
  'instanceTypes',
  'extensionPrincipalId',
  'autoScaleProperties',
  'autoPauseProperties',
  'sparkVersion',
  'nodeCount',
  'nodeSize',
  'nodeSizeFamily',
  'poolName',
]);

/** Splits a world's `properties` into what belongs to ARM's `properties` and to the kind's own below it. */
export function splitProperties(given: JsonObject): {
  readonly outer: JsonObject;
  readonly inner: JsonObject;
} {
  const outer: Record<string, Json> = {};
  const inner: Record<string, Json> = {};
  for (const [key, value] of Object.entries(given)) {
    if (key === 'properties' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      Object.assign(inner, value);
    } else if (innerKeys.has(key)) inner[key] ??= value;
    else outer[key] = value;
  }
  return { outer, inner };
}

const person = (name: string): JsonObject => ({
  userName: name,
  userOrgId: tenantId,
  userId: objectIdOf(name),
});

const subnetOf = (spec: ComputeSpec): JsonObject | null =>
  spec.subnet === undefined || spec.subnet === null ? null : { id: spec.subnet };

function instanceProperties(spec: ComputeSpec, location: string): JsonObject {
  const creator = spec.createdBy === undefined ? (spec.user ?? null) : spec.createdBy;
  const sshOn = spec.ssh === true;
  return {
    vmSize: (spec.vmSize ?? 'Standard_DS3_v2').toUpperCase(),
    subnet: subnetOf(spec),
    applicationSharingPolicy: 'Personal',
    sshSettings: {
      sshPublicAccess: sshOn ? 'Enabled' : 'Disabled',
      ...(sshOn ? { adminUserName: 'azureuser', sshPort: 50000 } : {}),
    },
    computeInstanceAuthorizationType: 'personal',
    ...(spec.user === undefined
      ? {}
      : {
          personalComputeInstanceSettings: {
            assignedUser: { objectId: objectIdOf(spec.user), tenantId },
          },
        }),
    createdBy: creator === null ? null : person(creator),
    enableNodePublicIp: spec.publicIp ?? true,
    connectivityEndpoints: {
      publicIpAddress: (spec.publicIp ?? true) ? '20.61.0.4' : null,
      privateIpAddress: '10.0.0.4',
    },
    applications: [
      {
        displayName: 'Jupyter',
        endpointUri: `https://${spec.name}.${location}.instances.azureml.ms/tree/`,
      },
    ],
    errors: null,
  };
}

const isoDuration = (milliseconds: number): string => `PT${Math.round(milliseconds / 1000)}S`;

export const scaleSettingsOf = (cluster: ClusterSpec): JsonObject => ({
  maxNodeCount: cluster.maxNodes,
  minNodeCount: cluster.minNodes,
  nodeIdleTimeBeforeScaleDown: isoDuration(cluster.scaleDownAfterMs),
});

/** What ARM holds below `properties.properties` for a compute of the world, but for what changes with time. */
export function innerProperties(spec: ComputeSpec, location: string, cluster: ClusterSpec): JsonObject {
  switch (spec.kind) {
    case 'ComputeInstance':
      return instanceProperties(spec, location);
    case 'AmlCompute':
      return {
        osType: 'Linux',
        vmSize: (spec.vmSize ?? 'Standard_DS3_v2').toUpperCase(),
        vmPriority: 'Dedicated',
        virtualMachineImage: null,
        isolatedNetwork: false,
        subnet: subnetOf(spec),
        scaleSettings: scaleSettingsOf(cluster),
        remoteLoginPortPublicAccess: spec.ssh === true ? 'Enabled' : 'NotSpecified',
        enableNodePublicIp: spec.publicIp ?? true,
        errors: null,
      };
    case 'VirtualMachine':
      return {
        virtualMachineSize: spec.vmSize ?? 'Standard_DS3_v2',
        sshPort: 22,
        isNotebookInstanceCompute: false,
      };
    case 'HDInsight':
      return { sshPort: 22, address: `${spec.name}-ssh.azurehdinsight.net` };
    case 'Databricks':
      return { workspaceUrl: `https://${spec.name}.azuredatabricks.net` };
    case 'DataLakeAnalytics':
      return { dataLakeStoreAccountName: spec.name };
    case 'AKS':
      return {
        agentCount: 3,
        agentVmSize: (spec.vmSize ?? 'Standard_DS3_v2').toUpperCase(),
        clusterPurpose: 'FastProd',
        loadBalancerType: 'PublicIp',
      };
    case 'Kubernetes':
      return { namespace: 'default', defaultInstanceType: 'defaultinstancetype' };
    case 'SynapseSpark':
      return { sparkVersion: '3.4', nodeCount: 3, nodeSize: 'Small', nodeSizeFamily: 'MemoryOptimized' };
    case 'DataFactory':
      return {};
  }
}
