import { LamplighterError } from '../../core/errors.ts';
import {
  type ComputeName,
  type ComputeRef,
  parseComputeArmId,
  parseComputeName,
  parseComputeRef,
  parseWorkspaceName,
  type WorkspaceName,
} from '../../core/ids.ts';

/** A compute as people write it. */
export type WrittenCompute =
  | { readonly kind: 'address'; readonly ref: ComputeRef }
  | { readonly kind: 'name'; readonly compute: ComputeName; readonly workspace: WorkspaceName | null };

/** Parses `NAME`, `WORKSPACE/NAME`, `SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME` or an ARM id. Throws `name.invalid`. */
export function parseWrittenCompute(text: string): WrittenCompute {
  if (text.startsWith('/')) return { kind: 'address', ref: parseComputeArmId(text) };
  const parts = text.split('/');
  const [first, second, third, fourth] = parts;
  switch (parts.length) {
    case 1:
      return { kind: 'name', compute: parseComputeName(first), workspace: null };
    case 2:
      return { kind: 'name', compute: parseComputeName(second), workspace: parseWorkspaceName(first) };
    case 4:
      return {
        kind: 'address',
        ref: parseComputeRef({
          subscription: first,
          resourceGroup: second,
          workspace: third,
          compute: fourth,
        }),
      };
    default:
      throw new LamplighterError(`${JSON.stringify(text.slice(0, 80))} names no compute.`, {
        code: 'name.invalid',
        fault: 'caller',
        field: 'compute',
        fix: 'Give NAME, WORKSPACE/NAME, SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME or the ARM id.',
      });
  }
}

export const addressText = (ref: ComputeRef): string =>
  `${ref.subscriptionId}/${ref.resourceGroup}/${ref.workspace}/${ref.compute}`;

/** The API's path of a compute. Its names are parsed, so that none of them leads elsewhere. */
export const computePath = (ref: ComputeRef): string =>
  `/api/computes/${[ref.subscriptionId, ref.resourceGroup, ref.workspace, ref.compute].map(encodeURIComponent).join('/')}`;
