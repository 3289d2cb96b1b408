import type { ArmRoute } from './arm-route.ts';
import { findWorkspace, workspacePath } from './arm-lookup.ts';
import { metricDefinitions } from './metric-catalogue.ts';
import { answer } from './wire.ts';

const provider = 'Microsoft.MachineLearningServices';
const operations: Readonly<Record<string, readonly string[]>> = {
  workspaces: ['read', 'write', 'delete', 'checkComputeNameAvailability/action'],
  'workspaces/computes': [
    'read',
    'write',
    'delete',
    'start/action',
    'stop/action',
    'restart/action',
    'listNodes/action',
    'listKeys/action',
    'applicationaccess/action',
    'enableSso/action',
    'updateSchedules/action',
    'updateIdleShutdownSetting/action',
  ],
  'workspaces/jobs': ['read', 'write', 'delete', 'cancel/action'],
  'locations/computeOperationsStatus': ['read'],
};

/** What Azure says of itself: its operations, as roles name them, and the metrics of a workspace. */
export const catalogueRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: '/providers/Microsoft.Authorization/providerOperations/{provider}',
    operation: 'catalogues',
    handle: () =>
      answer(200, {
        name: provider,
        resourceTypes: Object.entries(operations).map(([type, names]) => ({
          name: type,
          operations: names.map((name) => ({ name: `${provider}/${type}/${name}`, isDataAction: false })),
        })),
      }),
  },
  {
    method: 'GET',
    path: `${workspacePath}/providers/Microsoft.Insights/metricDefinitions`,
    operation: 'catalogues',
    handle: (request, parts) => {
      const found = findWorkspace(request, parts);
      if ('missing' in found) return found.missing;
      return answer(200, {
        value: [...metricDefinitions.values()].map(({ name, dimensions }) => ({
          name: { value: name, localizedValue: name },
          namespace: `${provider}/workspaces`,
          unit: 'Count',
          metricAvailabilities: [{ timeGrain: 'PT1M', retention: 'P93D' }],
          dimensions: dimensions.map((dimension) => ({ value: dimension, localizedValue: dimension })),
        })),
      });
    },
  },
];
