import { Temporal } from 'temporal-polyfill';
import { computeArmId, type ComputeRef } from '../../core/ids.ts';
import type { AzureResult, ComputeSettings } from '../../ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { armWrite, type ArmWrite } from './arm-write.ts';

/** The stable versions have no action for the idle setting. */
export const previewApiVersion = '2024-10-01-preview';

export type ComputeSettingsOptions = {
  readonly provisioner: ArmClients;
  /** The same identity, with `previewApiVersion`. */
  readonly preview: ArmClients;
};

async function change(
  clients: ArmClients,
  ref: ComputeRef,
  write: ArmWrite,
): Promise<AzureResult<'accepted'>> {
  const written = await armWrite(clients, ref.subscriptionId, write);
  return written.ok ? { ok: true, value: 'accepted' } : written;
}

export function createComputeSettings({ provisioner, preview }: ComputeSettingsOptions): ComputeSettings {
  return {
    setScale: (ref, { minNodes, scaleDownAfterMs }) => {
      const scaleSettings = {
        ...(minNodes === undefined ? {} : { minNodeCount: minNodes }),
        ...(scaleDownAfterMs === undefined
          ? {}
          : {
              nodeIdleTimeBeforeScaleDown: Temporal.Duration.from({
                seconds: Math.round(scaleDownAfterMs / 1000),
              }).toString(),
            }),
      };
      return change(provisioner, ref, {
        method: 'PATCH',
        path: computeArmId(ref),
        body: { properties: { properties: { scaleSettings } } },
      });
    },
    setIdleShutdown: (ref, minutes) =>
      change(preview, ref, {
        method: 'POST',
        path: `${computeArmId(ref)}/updateIdleShutdownSetting`,
        body: { idleTimeBeforeShutdown: minutes === null ? null : `PT${Math.round(minutes)}M` },
      }),
  };
}
