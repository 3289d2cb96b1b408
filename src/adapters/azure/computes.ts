import type { Compute } from '../../core/computes.ts';
import {
  computeArmId,
  computeKey,
  type ComputeRef,
  parseComputeName,
  type WorkspaceRef,
} from '../../core/ids.ts';
import type { AzureResult, Computes } from '../../ports/azure.ts';
import { armApiVersion, type ArmClients } from './arm-clients.ts';
import { azureFailure, azureResult, failureOfAnswer } from './azure-failure.ts';
import { parseCompute } from './parse-compute.ts';
import { rawAnswer, rawPages } from './raw-answer.ts';
import { recordField, recordOf, textField } from './wire.ts';

/** Azure allows 2,500 computes in a region; a workspace holds no more. */
const limits = { maxRows: 5000, maxPages: 500 };

function parseRow(workspace: WorkspaceRef, value: unknown): readonly Compute[] {
  const row = recordOf(value);
  const name = textField(row, 'name') ?? textField(row, 'id')?.split('/').at(-1);
  try {
    return [parseCompute({ ...workspace, compute: parseComputeName(name) }, row)];
  } catch (error) {
    // Attached targets are named by older rules; one with such a name must not blind us to the instances beside it.
    const kind = textField(recordField(row, 'properties'), 'computeType')?.toLowerCase();
    if (kind !== undefined && kind !== 'computeinstance') return [];
    throw error;
  }
}

export type ComputesOptions = {
  /** Under the reading identity. */
  readonly reader: ArmClients;
  /** Under the identity that may stop and start. */
  readonly stopper: ArmClients;
};

/** Computes over ARM. Nothing here waits for Azure to finish: that is done by reading the state later. */
export function createComputes({ reader, stopper }: ComputesOptions): Computes {
  /**
   * Past the SDK's `beginStop`: that reads the operation's status once before it returns, which costs a call and needs a
   * permission beyond stopping, and its failure would hide that the stop was accepted.
   */
  async function act(ref: ComputeRef, action: 'start' | 'stop'): Promise<AzureResult<'accepted'>> {
    const { clock } = stopper;
    try {
      const [client, { createPipelineRequest }] = await Promise.all([
        stopper.client(ref.subscriptionId),
        import('@azure/core-rest-pipeline'),
      ]);
      const url = `https://management.azure.com${computeArmId(ref)}/${action}?api-version=${armApiVersion}`;
      const answer = await client.sendRequest(createPipelineRequest({ url, method: 'POST' }));
      if (answer.status >= 200 && answer.status < 300) return { ok: true, value: 'accepted' };
      const body = recordOf((answer as { readonly parsedBody?: unknown }).parsedBody);
      const error = recordField(body, 'error');
      return failureOfAnswer(
        {
          status: answer.status,
          headers: answer.headers,
          code: textField(error, 'code') ?? undefined,
          message: textField(error, 'message') ?? answer.bodyAsText ?? undefined,
        },
        clock,
      );
    } catch (error) {
      const failure = azureFailure(error, clock);
      // A success whose body cannot be read is a success.
      const accepted = failure.kind === 'failed' && failure.code === 'answer.malformed';
      return accepted ? { ok: true, value: 'accepted' } : failure;
    }
  }

  return {
    list: (workspace) =>
      azureResult(reader.clock, async () => {
        const { computeOperations } = await reader.client(workspace.subscriptionId);
        const rows = await rawPages(
          (options) => computeOperations.list(workspace.resourceGroup, workspace.workspace, options).byPage(),
          limits,
        );
        // Pages are cut by position, so that a row can come twice when the list grows meanwhile.
        const computes = rows.flatMap((row) => parseRow(workspace, row));
        return [...new Map(computes.map((compute) => [computeKey(compute.ref), compute])).values()];
      }),

    get: (ref) =>
      azureResult(reader.clock, async () => {
        const { computeOperations } = await reader.client(ref.subscriptionId);
        const body = await rawAnswer((options) =>
          computeOperations.get(ref.resourceGroup, ref.workspace, ref.compute, options),
        );
        return parseCompute(ref, body);
      }),

    stop: (ref) => act(ref, 'stop'),
    start: (ref) => act(ref, 'start'),
  };
}
