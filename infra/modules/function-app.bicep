// The app on Flex Consumption: scales to zero, one bundle, Node 22.
param name string
param location string
param tags object
param storageName string
param blobEndpoint string
param tableEndpoint string
param insightsConnectionString string
param host object
param reader object
param stopper object
param attacher object
param provisioner object
param settings object

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

var own = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: host.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  LAMPLIGHTER_LEDGER_ENDPOINT: substring(tableEndpoint, 0, length(tableEndpoint) - 1)
  LAMPLIGHTER_READER_CLIENT_ID: reader.clientId
  LAMPLIGHTER_STOPPER_CLIENT_ID: stopper.clientId
  LAMPLIGHTER_ATTACHER_CLIENT_ID: attacher.clientId
  LAMPLIGHTER_PROVISIONER_CLIENT_ID: provisioner.clientId
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${host.id}': {}
      '${reader.id}': {}
      '${stopper.id}': {}
      '${attacher.id}': {}
      '${provisioner.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Key Vault references (the notifier's URL, the key that seals links) are read with the host's identity.
    keyVaultReferenceIdentity: host.id
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}deployments'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: host.id }
        }
      }
      runtime: { name: 'node', version: '22' }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 40 }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(own, settings, { LAMPLIGHTER_PUBLIC_URL: 'https://${app.properties.defaultHostName}' })
  }
}

output url string = 'https://${app.properties.defaultHostName}'
output name string = app.name
output id string = app.id
