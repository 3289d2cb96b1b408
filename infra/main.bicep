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

@description('Key Vault secret URI of the key that seals links in messages (32 random bytes in base64); empty: messages link to the page alone.')
param linkKeySecretUri string = ''

@description('Secret URI of the key before that, while links sealed with it are still about; empty otherwise.')
param linkKeyBeforeSecretUri string = ''

@description('List prices (USD) of what a stopped instance goes on using: disk=19.71,publicIp=0.005,loadBalancer=0.025; empty: not known.')
param standingPrices string = ''

@description('Whether targets may be attached and detached, by admins and by the remedies of the policy.')
param allowAttaching bool = false

@description('Whether the app may create and delete instances, for requests.')
param allowProvisioning bool = false

@description('Whether admins may set Azure’s own quotas of workspaces through the app.')
param allowSettingQuotas bool = false

@description('Whether changes in the subscriptions are sent to the app at once. Only once its code is there: deploy again with true then.')
param sendEvents bool = false

@description('Workspaces whose ended jobs are sent to the app at once, for "stop when my job ends": { subscription, resourceGroup, name } each. With sendEvents only.')
param runEventWorkspaces array = []

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
      attacherPrincipalId: allowAttaching ? identities.outputs.attacher.principalId : ''
      provisionerPrincipalId: allowProvisioning ? identities.outputs.provisioner.principalId : ''
      quotaSetterPrincipalId: allowSettingQuotas ? identities.outputs.provisioner.principalId : ''
    }
  }
]

module events 'modules/events.bicep' = [
  for id in watchedSubscriptions: if (sendEvents) {
    scope: subscription(id)
    params: { appId: app.outputs.id, storageId: storage.outputs.id, name: name }
  }
]

module runEvents 'modules/run-events.bicep' = [
  for workspace in runEventWorkspaces: if (sendEvents) {
    scope: resourceGroup(workspace.subscription, workspace.resourceGroup)
    params: {
      workspaceName: workspace.name
      appId: app.outputs.id
      storageId: storage.outputs.id
      name: name
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
    attacher: identities.outputs.attacher
    provisioner: identities.outputs.provisioner
    settings: union(
      {
        LAMPLIGHTER_SUBSCRIPTIONS: join(watchedSubscriptions, ',')
        LAMPLIGHTER_POLICY: '${storage.outputs.blobEndpoint}policy/lamplighter.yaml'
        LAMPLIGHTER_TENANT_ID: tenant().tenantId
        LAMPLIGHTER_AUDIENCE: tenantAudience
      },
      empty(teamsWebhookSecretUri)
        ? {}
        : { LAMPLIGHTER_TEAMS_WEBHOOK_URL: '@Microsoft.KeyVault(SecretUri=${teamsWebhookSecretUri})' },
      empty(linkKeySecretUri)
        ? {}
        : { LAMPLIGHTER_LINK_KEY: '@Microsoft.KeyVault(SecretUri=${linkKeySecretUri})' },
      empty(linkKeyBeforeSecretUri)
        ? {}
        : { LAMPLIGHTER_LINK_KEY_BEFORE: '@Microsoft.KeyVault(SecretUri=${linkKeyBeforeSecretUri})' },
      empty(standingPrices) ? {} : { LAMPLIGHTER_STANDING_PRICES: standingPrices }
    )
  }
}

output url string = app.outputs.url
output policyBlob string = '${storage.outputs.blobEndpoint}policy/lamplighter.yaml'
