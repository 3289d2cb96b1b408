// Per watched subscription: one custom role per capability, and who holds it.
targetScope = 'subscription'

param readerPrincipalId string
param stopperPrincipalId string

var readerRole = loadJsonContent('../roles/reader.json')
var stopperRole = loadJsonContent('../roles/stopper.json')

resource reader 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, readerRole.name)
  properties: {
    roleName: '${readerRole.name} (${subscription().subscriptionId})'
    description: readerRole.description
    type: 'CustomRole'
    permissions: [{ actions: map(readerRole.actions, entry => entry.action), notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource stopper 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, stopperRole.name)
  properties: {
    roleName: '${stopperRole.name} (${subscription().subscriptionId})'
    description: stopperRole.description
    type: 'CustomRole'
    permissions: [{ actions: map(stopperRole.actions, entry => entry.action), notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource readerGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, readerPrincipalId, reader.id)
  properties: { principalId: readerPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: reader.id }
}

resource stopperGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, stopperPrincipalId, stopper.id)
  properties: { principalId: stopperPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: stopper.id }
}
