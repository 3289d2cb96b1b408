const ml = 'Microsoft.MachineLearningServices';
const computes = `${ml}/workspaces/computes`;

export type TestedIdentity = 'reader' | 'stopper' | 'provisioner' | 'attacher' | 'quotaSetter';

type Required = {
  /** Below `infra/roles`. */
  readonly role: string;
  /** What the role file of the capability grants. */
  readonly actions: readonly string[];
  /** What only this capability needs; where none of it is allowed, the deployment does without it. Empty: no deployment can. */
  readonly decisive: readonly string[];
  /** What goes without it. */
  readonly without: string;
};

/** What each of the app's identities has to be allowed in every subscription it looks after, as in `infra/roles`. */
export const requiredActions: Readonly<Record<TestedIdentity, Required>> = {
  reader: {
    role: 'reader.json',
    actions: [
      `${ml}/workspaces/read`,
      `${computes}/read`,
      `${ml}/workspaces/jobs/read`,
      `${ml}/workspaces/onlineEndpoints/read`,
      `${ml}/workspaces/onlineEndpoints/deployments/read`,
      `${ml}/workspaces/batchEndpoints/read`,
      `${ml}/workspaces/batchEndpoints/deployments/read`,
      `${ml}/workspaces/services/read`,
      'Microsoft.Compute/virtualMachines/read',
      'Microsoft.Network/networkInterfaces/read',
      'Microsoft.HDInsight/clusters/read',
      `${ml}/locations/vmSizes/read`,
      `${ml}/locations/usages/read`,
      `${ml}/locations/quotas/read`,
      'Microsoft.Authorization/roleAssignments/read',
      'Microsoft.Authorization/roleDefinitions/read',
      'Microsoft.Insights/metrics/read',
      'Microsoft.Insights/metricDefinitions/read',
    ],
    decisive: [],
    without: 'Nothing can be judged.',
  },
  stopper: {
    role: 'stopper.json',
    actions: [`${computes}/read`, `${computes}/stop/action`, `${computes}/start/action`],
    decisive: [],
    without: 'Nothing can be stopped or started.',
  },
  provisioner: {
    role: 'provisioner.json',
    actions: [
      `${ml}/workspaces/read`,
      `${computes}/read`,
      `${computes}/write`,
      `${computes}/delete`,
      `${computes}/restart/action`,
      `${ml}/workspaces/checkComputeNameAvailability/action`,
      'Microsoft.Network/virtualNetworks/subnets/join/action',
      'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    ],
    decisive: [`${computes}/write`, `${computes}/delete`],
    without:
      'Requests for machines cannot be granted there; the parameter allowProvisioning of the template sets it up.',
  },
  attacher: {
    role: 'attacher.json',
    actions: [`${ml}/workspaces/read`, `${computes}/read`, `${computes}/write`, `${computes}/delete`],
    decisive: [`${computes}/write`, `${computes}/delete`],
    without:
      'Targets cannot be attached or detached there; the parameter allowAttaching of the template sets it up.',
  },
  /** The provisioner's identity, by a role of its own. */
  quotaSetter: {
    role: 'quota-setter.json',
    actions: [`${ml}/locations/updateQuotas/action`, `${ml}/workspaces/read`],
    decisive: [`${ml}/locations/updateQuotas/action`],
    without:
      'Azure’s own quotas of workspaces are shown but cannot be set there; the parameter allowSettingQuotas of the template sets it up.',
  },
};

export const testedIdentities = Object.keys(requiredActions) as readonly TestedIdentity[];
