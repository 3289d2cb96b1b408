import type { Ports } from '../../ports/ports.ts';
import { createArmClients } from './arm-clients.ts';
import { createAttachments } from './attachments.ts';
import { createComputeSettings, previewApiVersion } from './compute-settings.ts';
import { createComputes } from './computes.ts';
import type { Credentials } from './credentials.ts';
import { createDirectory } from './directory.ts';
import { createEndpoints } from './endpoints.ts';
import { createJobs } from './jobs.ts';
import { createMetrics } from './metrics.ts';
import { createOwnIdentity } from './own-identity.ts';
import { createPermissions } from './permissions.ts';
import { createProvisioning } from './provisioning.ts';
import { createQuotas } from './quotas.ts';
import { createSizes } from './sizes.ts';
import type { AzureTransport } from './transport.ts';
import { createWorkspaces } from './workspaces.ts';

export type AzurePorts = Pick<
  Ports,
  | 'workspaces'
  | 'computes'
  | 'jobs'
  | 'metrics'
  | 'sizes'
  | 'quotas'
  | 'endpoints'
  | 'computeSettings'
  | 'provisioning'
  | 'permissions'
  | 'attachments'
  | 'ownIdentity'
  | 'directory'
>;

/** Every port behind which Azure stands: reads under the reader's identity, stops and starts under the stopper's, settings under the provisioner's. */
export function createAzurePorts(transport: AzureTransport, credentials: Credentials): AzurePorts {
  const reader = createArmClients(transport, credentials.reader);
  const stopper = createArmClients(transport, credentials.stopper);
  const provisioner = createArmClients(transport, credentials.provisioner);
  const attacher = credentials.attacher ?? credentials.provisioner;
  return {
    workspaces: createWorkspaces(reader),
    computes: createComputes({ reader, stopper }),
    jobs: createJobs({ reader }),
    metrics: createMetrics(transport, credentials.reader),
    sizes: createSizes(reader),
    quotas: createQuotas({ reader, provisioner }),
    endpoints: createEndpoints(reader),
    computeSettings: createComputeSettings({
      provisioner,
      preview: createArmClients(
        transport,
        credentials.provisioner,
        transport.clientOptions,
        previewApiVersion,
      ),
    }),
    provisioning: createProvisioning(
      createArmClients(transport, credentials.provisioner, transport.provisioningOptions),
    ),
    permissions: createPermissions(transport, credentials.reader),
    attachments: createAttachments({
      transport,
      reader,
      readerCredential: credentials.reader,
      attacher: createArmClients(transport, attacher, transport.attachingOptions),
      attaching: { ...transport, clientOptions: transport.attachingOptions },
      attacherCredential: attacher,
    }),
    ownIdentity: createOwnIdentity(transport, {
      reader: credentials.reader,
      stopper: credentials.stopper,
      provisioner: credentials.provisioner,
      attacher,
      quotaSetter: credentials.provisioner,
    }),
    directory: createDirectory(transport, credentials.reader),
  };
}
