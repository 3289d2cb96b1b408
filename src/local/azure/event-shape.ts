import { guidOf, tenantId } from './names.ts';
import type { JsonObject } from './json.ts';
import type { Principal } from './principal.ts';

export type ComputeEventKind = 'write' | 'delete' | 'action';

export type ComputeEventFacts = {
  readonly kind: ComputeEventKind;
  /** The last part of ARM's operation name: `write`, `delete`, `stop/action` … */
  readonly operation: string;
  readonly succeeded: boolean;
  readonly computeId: string;
  readonly at: number;
  readonly by: Principal;
  /** Makes the event's id unique. */
  readonly sequence: number;
};

export type RunEventFacts = {
  readonly workspaceId: string;
  readonly run: string;
  readonly at: number;
  readonly sequence: number;
};

/** An event of a workspace's own topic: a run has completed. It names no compute. */
export const runEvent = (facts: RunEventFacts): JsonObject => ({
  id: guidOf('run-event', `${facts.sequence}`),
  eventType: 'Microsoft.MachineLearningServices.RunCompleted',
  eventTime: new Date(facts.at).toISOString(),
  topic: facts.workspaceId,
  subject: `experiments/${guidOf('experiment', facts.workspaceId)}/runs/${facts.run}`,
  dataVersion: '1.0',
  metadataVersion: '1',
  data: {
    experimentId: guidOf('experiment', facts.workspaceId),
    experimentName: 'default',
    runId: facts.run,
    runType: 'azureml.scriptrun',
    runTags: {},
    runProperties: {},
  },
});

const typeOf: Readonly<Record<ComputeEventKind, string>> = {
  write: 'ResourceWrite',
  delete: 'ResourceDelete',
  action: 'ResourceAction',
};

/** An event of the subscription's topic, in the Event Grid schema. */
export function computeEvent(facts: ComputeEventFacts): JsonObject {
  const operationName = `Microsoft.MachineLearningServices/workspaces/computes/${facts.operation}`;
  const subscriptionId = facts.computeId.split('/')[2] ?? '';
  const correlation = guidOf('correlation', `${facts.sequence}`);
  return {
    id: guidOf('event', `${facts.sequence}`),
    eventType: `Microsoft.Resources.${typeOf[facts.kind]}${facts.succeeded ? 'Success' : 'Failure'}`,
    eventTime: new Date(facts.at).toISOString(),
    topic: `/subscriptions/${subscriptionId}`,
    // Azure writes this segment in either casing; receivers must not care.
    subject: facts.computeId.replace('/resourceGroups/', '/resourcegroups/'),
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      operationName,
      status: facts.succeeded ? 'Succeeded' : 'Failed',
      resourceProvider: 'Microsoft.MachineLearningServices',
      resourceUri: facts.computeId,
      authorization: {
        scope: facts.computeId,
        action: operationName,
        evidence: {
          role: 'Contributor',
          principalId: facts.by.objectId.replaceAll('-', ''),
          principalType: facts.by.kind === 'app' ? 'ServicePrincipal' : 'User',
        },
      },
      claims: {
        'http://schemas.microsoft.com/identity/claims/objectidentifier': facts.by.objectId,
        ...(facts.by.appId === null ? { name: facts.by.name } : { appid: facts.by.appId }),
      },
      correlationId: correlation,
      subscriptionId,
      tenantId,
    },
  };
}
