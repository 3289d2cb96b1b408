import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { addressText } from '../door/compute-path.ts';
import type { Surroundings } from '../surroundings.ts';

/** Wants the name once more before something is destroyed: in the flag, or typed where somebody sits. Throws `cli.unconfirmed`. */
export async function confirmName(
  ref: ComputeRef,
  confirmed: string | undefined,
  /** What goes and what stays, as a predicate of the instance. */
  consequence: string,
  { ask, stderr }: Surroundings,
): Promise<void> {
  const warning = `${addressText(ref)} ${consequence}`;
  let typed = confirmed;
  if (typed === undefined && ask !== null) {
    stderr.write(`${warning}\n`);
    typed = (await ask(`Type ${ref.compute} if that is what you want: `)).trim();
  }
  if (typed?.toLowerCase() === ref.compute.toLowerCase()) return;
  throw new LamplighterError(
    typed === undefined ? warning : 'That is not its name, so nothing was deleted.',
    {
      code: 'cli.unconfirmed',
      fault: 'caller',
      field: 'confirm',
      fix: `Say so with --confirm ${ref.compute} if that is what you want.`,
    },
  );
}
