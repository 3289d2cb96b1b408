import { computeKey } from '../../core/ids.ts';
import type { Recreation } from '../../core/provision/recreation.ts';
import type { Replaced } from '../../core/quota/types.ts';

/** The room of a machine that makes room for itself. Of one whose size nobody lists it is not known how much that is. */
export function replacedBy(recreation: Recreation): Replaced {
  const { oldSize, snapshot, deleteAskedAt } = recreation;
  return {
    compute: computeKey(snapshot.ref),
    family: oldSize?.family ?? '',
    cores: oldSize?.cores ?? 0,
    gpus: oldSize?.gpus ?? 0,
    isLeaving: deleteAskedAt !== null,
  };
}
