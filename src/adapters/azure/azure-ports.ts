import type { Ports } from '../../ports/ports.ts';
import { createArmClients } from './arm-clients.ts';
import { createComputes } from './computes.ts';
import type { Credentials } from './credentials.ts';
import { createDirectory } from './directory.ts';
import { createJobs } from './jobs.ts';
import { createMetrics } from './metrics.ts';
import { createSizes } from './sizes.ts';
import type { AzureTransport } from './transport.ts';
import { createWorkspaces } from './workspaces.ts';

export type AzurePorts = Pick<Ports, 'workspaces' | 'computes' | 'jobs' | 'metrics' | 'sizes' | 'directory'>;

/** Every port behind which Azure stands: reads under the reader's identity, stops and starts under the stopper's. */
export function createAzurePorts(
  transport: AzureTransport,
  credentials: Pick<Credentials, 'reader' | 'stopper'>,
): AzurePorts {
  const reader = createArmClients(transport, credentials.reader);
  const stopper = createArmClients(transport, credentials.stopper);
  return {
    workspaces: createWorkspaces(reader),
    computes: createComputes({ reader, stopper }),
    jobs: createJobs({ reader }),
    metrics: createMetrics(transport, credentials.reader),
    sizes: createSizes(reader),
    directory: createDirectory(transport, credentials.reader),
  };
}
