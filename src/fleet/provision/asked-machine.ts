import type { InstanceWish } from '../../core/provision/instance-wish.ts';

/** A wish as a request brings it. */
export type AskedMachine = InstanceWish & {
  readonly requestId: string;
  readonly bodyHash: string;
};

export function wishOf(asked: AskedMachine): InstanceWish {
  const { requestId: _, bodyHash: __, ...wish } = asked;
  return wish;
}
