// One identity per capability: whoever gets hold of the reader cannot stop anything, who stops cannot attach, and the host's own storage is apart from both.
param name string
param location string
param tags object

resource host 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-host'
  location: location
  tags: tags
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-reader'
  location: location
  tags: tags
}

resource stopper 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-stopper'
  location: location
  tags: tags
}

resource attacher 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-attacher'
  location: location
  tags: tags
}

resource provisioner 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-provisioner'
  location: location
  tags: tags
}

output host object = { id: host.id, clientId: host.properties.clientId, principalId: host.properties.principalId }
output reader object = { id: reader.id, clientId: reader.properties.clientId, principalId: reader.properties.principalId }
output stopper object = { id: stopper.id, clientId: stopper.properties.clientId, principalId: stopper.properties.principalId }
output attacher object = { id: attacher.id, clientId: attacher.properties.clientId, principalId: attacher.properties.principalId }
output provisioner object = {
  id: provisioner.id
  clientId: provisioner.properties.clientId
  principalId: provisioner.properties.principalId
}
