// Per workspace: that a job has ended goes to the app's function, which looks at the job's instance then ("stop when my job
// ends"). Without it the next sweep notices. Deploy it once the app's code is there.
@description('Name of the Azure ML workspace, in the resource group of this module’s scope.')
param workspaceName string

@description('Resource id of the function app.')
param appId string

@description('Resource id of the storage account that keeps dead letters.')
param storageId string

param deadLetterContainer string = 'dead-events'

@description('Short name, also the name of the event subscription.')
param name string = 'lamplighter'

resource workspace 'Microsoft.MachineLearningServices/workspaces@2024-10-01' existing = {
  name: workspaceName
}

resource runs 'Microsoft.EventGrid/eventSubscriptions@2025-02-15' = {
  name: '${name}-runs'
  scope: workspace
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${appId}/functions/computeEvents', maxEventsPerBatch: 10, preferredBatchSizeInKilobytes: 64 }
    }
    eventDeliverySchema: 'EventGridSchema'
    // Other changes of a run say nothing about its end.
    filter: { includedEventTypes: [ 'Microsoft.MachineLearningServices.RunCompleted' ] }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterDestination: {
      endpointType: 'StorageBlob'
      properties: { resourceId: storageId, blobContainerName: deadLetterContainer }
    }
  }
}
