import type { ComputeRef } from '../../core/ids.ts';
import type { AppDoor } from '../door/app-door.ts';
import { parseWrittenCompute } from '../door/compute-path.ts';
import { oneOf } from '../door/find-compute.ts';
import { bodyOf } from '../door/problem.ts';
import type { TargetsView } from '../../present/json/targets-view.ts';

/** The word of a line that names an attached target. */
export const targetWord = {
  type: 'positional',
  required: true,
  description:
    'NAME where it is unique, WORKSPACE/NAME, SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME or ARM id',
} as const;

export const readTargets = async (door: AppDoor): Promise<TargetsView> =>
  bodyOf(await door.call('GET', '/api/targets'));

/** The attached target that somebody means. */
export async function findAttachment(door: AppDoor, text: string): Promise<ComputeRef> {
  const written = parseWrittenCompute(text);
  if (written.kind === 'address') return written.ref;
  const { attachments } = await readTargets(door);
  return oneOf(
    attachments.map(({ compute }) => compute),
    written,
    'attached target',
  );
}
