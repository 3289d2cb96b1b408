const ml = 'Microsoft.MachineLearningServices';

/** What each of the app's identities has to be allowed in every subscription it looks after. */
export const requiredActions = {
  reader: [
    `${ml}/workspaces/read`,
    `${ml}/workspaces/computes/read`,
    `${ml}/workspaces/jobs/read`,
    `${ml}/workspaces/onlineEndpoints/read`,
    `${ml}/workspaces/onlineEndpoints/deployments/read`,
    `${ml}/workspaces/batchEndpoints/read`,
    `${ml}/workspaces/batchEndpoints/deployments/read`,
    `${ml}/locations/vmSizes/read`,
    `${ml}/locations/usages/read`,
    `${ml}/locations/quotas/read`,
    'Microsoft.Compute/virtualMachines/read',
    'Microsoft.Network/networkInterfaces/read',
    'Microsoft.HDInsight/clusters/read',
    'Microsoft.Insights/metrics/read',
  ],
  stopper: [`${ml}/workspaces/computes/read`, `${ml}/workspaces/computes/stop/action`],
  /** The provisioner's identity, by a role of its own: only where admins shall set Azure's quotas of workspaces. */
  quotaSetter: [`${ml}/locations/updateQuotas/action`],
  attacher: [`${ml}/workspaces/computes/write`, `${ml}/workspaces/computes/delete`],
} as const;
export type TestedIdentity = keyof typeof requiredActions;
