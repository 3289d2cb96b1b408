// Per watched subscription: one custom role per capability, and who holds it.
targetScope = 'subscription'

param readerPrincipalId string
param stopperPrincipalId string
@description('Empty: nothing may be attached or detached.')
param attacherPrincipalId string = ''

@description('Empty: nothing may be created or deleted.')
param provisionerPrincipalId string = ''

@description('Empty: quotas of workspaces are shown, and set by nobody.')
param quotaSetterPrincipalId string = ''

var readerRole = loadJsonContent('../roles/reader.json')
var stopperRole = loadJsonContent('../roles/stopper.json')
var attacherRole = loadJsonContent('../roles/attacher.json')
var provisionerRole = loadJsonContent('../roles/provisioner.json')
var quotaSetterRole = loadJsonContent('../roles/quota-setter.json')

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

resource attacher 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(attacherPrincipalId)) {
  name: guid(subscription().id, attacherRole.name)
  properties: {
    roleName: '${attacherRole.name} (${subscription().subscriptionId})'
    description: attacherRole.description
    type: 'CustomRole'
    permissions: [{ actions: map(attacherRole.actions, entry => entry.action), notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource attacherGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(attacherPrincipalId)) {
  name: guid(subscription().id, attacherPrincipalId, attacherRole.name)
  properties: { principalId: attacherPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: attacher.id }
}

resource provisioner 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(provisionerPrincipalId)) {
  name: guid(subscription().id, provisionerRole.name)
  properties: {
    roleName: '${provisionerRole.name} (${subscription().subscriptionId})'
    description: provisionerRole.description
    type: 'CustomRole'
    permissions: [{ actions: map(provisionerRole.actions, entry => entry.action), notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource provisionerGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(provisionerPrincipalId)) {
  name: guid(subscription().id, provisionerPrincipalId, provisionerRole.name)
  properties: {
    principalId: provisionerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: provisioner.id
  }
}

resource quotaSetter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(quotaSetterPrincipalId)) {
  name: guid(subscription().id, quotaSetterRole.name)
  properties: {
    roleName: '${quotaSetterRole.name} (${subscription().subscriptionId})'
    description: quotaSetterRole.description
    type: 'CustomRole'
    permissions: [{ actions: map(quotaSetterRole.actions, entry => entry.action), notActions: [] }]
    assignableScopes: [subscription().id]
  }
}

resource quotaSetterGrant 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(quotaSetterPrincipalId)) {
  name: guid(subscription().id, quotaSetterPrincipalId, quotaSetterRole.name)
  properties: {
    principalId: quotaSetterPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: quotaSetter.id
  }
}
