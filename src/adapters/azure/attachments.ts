import type { TokenCredential } from '@azure/core-auth';
import { computeArmId } from '../../core/ids.ts';
import type { Attachments } from '../../ports/attachments.ts';
import type { AzureResult } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { armWrite } from './arm-write.ts';
import { azureFailure, azureResult } from './azure-failure.ts';
import { Unread, usersOf } from './in-use.ts';
import { createSecretReader } from './key-vault.ts';
import { rawAnswer } from './raw-answer.ts';
import { createResources } from './resources.ts';
import type { AzureTransport } from './transport.ts';
import { recordField, recordOf, textField } from './wire.ts';

export type AttachmentsOptions = {
  readonly transport: AzureTransport;
  readonly reader: ArmClients;
  readonly readerCredential: TokenCredential;
  /** Clients of the identity that may attach and detach, within the scope for that. */
  readonly attacher: ArmClients;
  /** The transport of the same scope: it alone reaches Key Vaults. */
  readonly attaching: AzureTransport;
  readonly attacherCredential: TokenCredential;
};

const accepted = (result: AzureResult<unknown>): AzureResult<'accepted'> =>
  result.ok ? { ok: true, value: 'accepted' } : result;

/** Attaching, detaching, and what has to be known before, over ARM and Key Vault. */
export function createAttachments(options: AttachmentsOptions): Attachments {
  const { transport, reader, attacher } = options;
  return {
    async attach(ref, body) {
      return accepted(
        await armWrite(attacher, ref.subscriptionId, { method: 'PUT', path: computeArmId(ref), body }),
      );
    },

    async detach(ref) {
      const result = await armWrite(attacher, ref.subscriptionId, {
        method: 'DELETE',
        path: computeArmId(ref),
        query: { underlyingResourceAction: 'Detach' },
      });
      return !result.ok && result.kind === 'missing' ? { ok: true, value: 'accepted' } : accepted(result);
    },

    async users(ref, kind) {
      try {
        const rest = { transport, credential: options.readerCredential };
        return { ok: true, value: await usersOf(reader, rest, ref, kind) };
      } catch (error) {
        return error instanceof Unread ? error.failure : azureFailure(error, transport.clock);
      }
    },

    resource: createResources(transport, options.readerCredential),
    secret: createSecretReader(options.attaching, options.attacherCredential),

    job: (workspace, jobName) =>
      azureResult(transport.clock, async () => {
        const { jobs } = await reader.client(workspace.subscriptionId);
        const body = await rawAnswer((raw) =>
          jobs.get(workspace.resourceGroup, workspace.workspace, jobName, raw),
        );
        const properties = recordField(recordOf(body), 'properties');
        const steps = Object.values(recordField(properties, 'jobs')).map(recordOf);
        const ids = [properties, ...steps].map((one) => textField(one, 'computeId'));
        return {
          status: textField(properties, 'status') ?? 'Unknown',
          computeIds: [...new Set(ids.filter((id) => id !== null))],
        };
      }),
  };
}
