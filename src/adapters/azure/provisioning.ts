import { computeArmId, workspaceArmId } from '../../core/ids.ts';
import type { AzureResult } from '../../ports/azure.ts';
import type { NameCheck, Provisioning } from '../../ports/provisioning.ts';
import type { ArmClients } from './arm-clients.ts';
import { armWrite } from './arm-write.ts';
import { creationBody } from './creation-body.ts';
import { fieldOf, recordOf, textField } from './wire.ts';

const accepted = (result: AzureResult<unknown>): AzureResult<'accepted'> =>
  result.ok ? { ok: true, value: 'accepted' } : result;

function nameCheckOf(value: unknown): NameCheck {
  const body = recordOf(value);
  // Only a clear no is one: the creation itself is refused all the same if the name is taken.
  if (fieldOf(body, 'nameAvailable') !== false) return { available: true };
  const invalid = textField(body, 'reason')?.toLowerCase() === 'invalid';
  return {
    available: false,
    why: invalid ? 'invalid' : 'taken',
    message: textField(body, 'message') ?? 'Azure gives no reason.',
  };
}

/** Creating and deleting instances over ARM, in the pinned version, under the identity that may. */
export function createProvisioning(provisioner: ArmClients): Provisioning {
  return {
    async checkName(workspace, name) {
      const result = await armWrite(provisioner, workspace.subscriptionId, {
        method: 'POST',
        path: `${workspaceArmId(workspace)}/checkComputeNameAvailability`,
        body: { name, type: 'Microsoft.MachineLearningServices/workspaces/computes' },
      });
      return result.ok ? { ok: true, value: nameCheckOf(result.value) } : result;
    },

    async create(machine, requestId, setupScript) {
      return accepted(
        await armWrite(provisioner, machine.ref.subscriptionId, {
          method: 'PUT',
          path: computeArmId(machine.ref),
          body: creationBody(machine, requestId, setupScript),
        }),
      );
    },

    async delete(ref) {
      const result = await armWrite(provisioner, ref.subscriptionId, {
        method: 'DELETE',
        path: computeArmId(ref),
        query: { underlyingResourceAction: 'Delete' },
      });
      return !result.ok && result.kind === 'missing' ? { ok: true, value: 'accepted' } : accepted(result);
    },

    async restart(ref) {
      return accepted(
        await armWrite(provisioner, ref.subscriptionId, {
          method: 'POST',
          path: `${computeArmId(ref)}/restart`,
        }),
      );
    },
  };
}
