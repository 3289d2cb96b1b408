// The whole deployment on one page. Deploy into a resource group of its own:
//   az deployment group create --resource-group lamplighter --template-file infra/main.bicep --parameters tenantAudience=api://lamplighter
@description('Short name, also the prefix of everything that is made.')
@minLength(3)
@maxLength(16)
param name string = 'lamplighter'

param location string = resourceGroup().location

@description('Subscriptions (GUIDs) whose Azure ML computes are looked after.')
param watchedSubscriptions array = [subscription().subscriptionId]

@description('Application id or id URI of the Entra app registration that people sign in to.')
param tenantAudience string

@description('Key Vault secret URI of a Teams Workflows webhook; empty: the page and the ledger are the channel.')
param teamsWebhookSecretUri string = ''

param tags object = {}

var suffix = uniqueString(resourceGroup().id)

module identities 'modules/identities.bicep' = {
  params: { name: name, location: location, tags: tags }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: take(toLower(replace('${name}${suffix}', '-', '')), 24)
    location: location
    tags: tags
    hostPrincipalId: identities.outputs.host.principalId
    readerPrincipalId: identities.outputs.reader.principalId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: { name: name, location: location, tags: tags }
}

module watched 'modules/watched-subscription.bicep' = [
  for id in watchedSubscriptions: {
    scope: subscription(id)
    params: {
      readerPrincipalId: identities.outputs.reader.principalId
      stopperPrincipalId: identities.outputs.stopper.principalId
    }
  }
]

module app 'modules/function-app.bicep' = {
  params: {
    name: '${name}-${suffix}'
    location: location
    tags: tags
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    insightsConnectionString: monitoring.outputs.connectionString
    host: identities.outputs.host
    reader: identities.outputs.reader
    stopper: identities.outputs.stopper
    settings: union(
      {
        LAMPLIGHTER_SUBSCRIPTIONS: join(watchedSubscriptions, ',')
        LAMPLIGHTER_POLICY: '${storage.outputs.blobEndpoint}policy/lamplighter.yaml'
        LAMPLIGHTER_TENANT_ID: tenant().tenantId
        LAMPLIGHTER_AUDIENCE: tenantAudience
      },
      empty(teamsWebhookSecretUri)
        ? {}
        : { LAMPLIGHTER_TEAMS_WEBHOOK_URL: '@Microsoft.KeyVault(SecretUri=${teamsWebhookSecretUri})' }
    )
  }
}

output url string = app.outputs.url
output policyBlob string = '${storage.outputs.blobEndpoint}policy/lamplighter.yaml'
