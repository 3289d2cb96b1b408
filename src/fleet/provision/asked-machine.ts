import type { InstanceWish } from '../../core/provision/instance-wish.ts';
import type { Recreation } from '../../core/provision/recreation.ts';
import type { Refusal } from '../../core/provision/refusal.ts';

/** A wish as a request brings it. */
export type AskedMachine = InstanceWish & {
  readonly requestId: string;
  readonly bodyHash: string;
  /** Null: a new machine. Otherwise one that is deleted and made again, and what speaks against that. */
  readonly recreates: { readonly recreation: Recreation; readonly refusals: readonly Refusal[] } | null;
};

export function wishOf(asked: AskedMachine): InstanceWish {
  const { requestId: _, bodyHash: __, recreates: ___, ...wish } = asked;
  return wish;
}
