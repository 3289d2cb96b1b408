// Per watched subscription: changes of computes go to the app's function; what it does not take in a day goes to the dead letters.
// Deploy it once the app's code is there: Event Grid asks the function to prove itself.
targetScope = 'subscription'

@description('Resource id of the function app.')
param appId string

@description('Resource id of the storage account that keeps dead letters.')
param storageId string

param deadLetterContainer string = 'dead-events'

@description('Short name, also the name of the event subscription.')
param name string = 'lamplighter'

var computes = 'Microsoft.MachineLearningServices/workspaces/computes/'

resource changes 'Microsoft.EventGrid/eventSubscriptions@2025-02-15' = {
  name: '${name}-computes'
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${appId}/functions/computeEvents', maxEventsPerBatch: 10, preferredBatchSizeInKilobytes: 64 }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Resources.ResourceWriteSuccess'
        'Microsoft.Resources.ResourceDeleteSuccess'
        'Microsoft.Resources.ResourceActionSuccess'
      ]
      enableAdvancedFilteringOnArrays: true
      advancedFilters: [
        { operatorType: 'StringBeginsWith', key: 'data.operationName', values: [computes] }
      ]
    }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterDestination: {
      endpointType: 'StorageBlob'
      properties: { resourceId: storageId, blobContainerName: deadLetterContainer }
    }
  }
}
