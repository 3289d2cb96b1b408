import type { VmSize } from '../computes.ts';
import { quotaVerdict } from './quota-verdict.ts';
import type { MachineAsked, QuotaInput } from './types.ts';

/** Each try counts the whole fleet once. */
const triesAtMost = 12;

const askedWith = (asked: MachineAsked, size: VmSize): MachineAsked => ({
  ...asked,
  family: size.family,
  cores: size.vCPUs,
  gpus: size.gpus,
  subject: { ...asked.subject, vmSize: size.name, family: size.family, gpu: size.gpus > 0 },
});

/** The first of the sizes that would be granted as things are; give the nearest first. */
export function sizesWithRoom(input: QuotaInput, nearestFirst: readonly VmSize[], count = 3): VmSize[] {
  const { asked } = input;
  if (asked === null) return [];
  const found: VmSize[] = [];
  for (const size of nearestFirst.slice(0, triesAtMost)) {
    if (found.length === count) break;
    const { outcome } = quotaVerdict({ ...input, asked: askedWith(asked, size) });
    if (outcome === 'granted') found.push(size);
  }
  return found;
}
