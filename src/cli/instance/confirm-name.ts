import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { addressText } from '../door/compute-path.ts';
import type { Surroundings } from '../surroundings.ts';

const whatGoes = (ref: ComputeRef): string =>
  `This deletes ${addressText(ref)} for good: its OS disk, /tmp and installed packages go. Files on the workspace share stay.`;

/** Wants the name once more before something is destroyed: in the flag, or typed where somebody sits. Throws `cli.unconfirmed`. */
export async function confirmName(
  ref: ComputeRef,
  confirmed: string | undefined,
  { ask, stderr }: Surroundings,
): Promise<void> {
  let typed = confirmed;
  if (typed === undefined && ask !== null) {
    stderr.write(`${whatGoes(ref)}\n`);
    typed = (await ask(`Type ${ref.compute} to delete it: `)).trim();
  }
  if (typed?.toLowerCase() === ref.compute.toLowerCase()) return;
  throw new LamplighterError(
    typed === undefined ? whatGoes(ref) : `That is not its name, so nothing was deleted.`,
    {
      code: 'cli.unconfirmed',
      fault: 'caller',
      field: 'confirm',
      fix: `Say so with --confirm ${ref.compute} if that is what you want.`,
    },
  );
}
