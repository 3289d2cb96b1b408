import type { VmSize } from '../computes.ts';
import type { RefusalCode } from '../policy/codes.ts';
import { globMatches } from '../policy/glob.ts';
import type { SizesPolicy } from '../policy/types.ts';
import { nearestSizes } from './nearest-sizes.ts';
import { isIsolatedSize } from './series-facts.ts';

export type SizeCode = Extract<RefusalCode, `refuse.size.${string}`>;
export type SizeFault = { readonly code: SizeCode; readonly why: string };

/** What the policy says against a size, by its name alone; empty: nothing. `deny` beats `allow`. */
export function sizeFaults(vmSize: string, rules: SizesPolicy): readonly SizeFault[] {
  const faults: SizeFault[] = [];
  const denied = rules.deny.find((glob) => globMatches(glob, vmSize));
  if (denied !== undefined) {
    faults.push({ code: 'refuse.size.denied', why: `${vmSize} is denied by ${denied}` });
  } else if (!rules.allow.some((glob) => globMatches(glob, vmSize))) {
    faults.push({
      code: 'refuse.size.denied',
      why: `${vmSize} is not among the allowed sizes (${rules.allow.join(', ')})`,
    });
  }
  const isolated = isIsolatedSize(vmSize);
  if (rules.isolated === 'require' && !isolated) {
    faults.push({
      code: 'refuse.size.isolation',
      why: `${vmSize} shares its server with others, and an isolated size is required here`,
    });
  }
  if (rules.isolated === 'deny' && isolated) {
    faults.push({
      code: 'refuse.size.isolation',
      why: `${vmSize} is an isolated size, and these are denied`,
    });
  }
  return faults;
}

/** Whether the region offers the size for compute instances. A list that does not say for what it is takes any. */
export const isForInstances = (size: VmSize): boolean =>
  size.supportedComputeTypes.length === 0 ||
  size.supportedComputeTypes.some((type) => type.toLowerCase() === 'computeinstance');

export type SizeVerdict =
  | { readonly ok: true; readonly size: VmSize }
  | { readonly ok: false; readonly faults: readonly SizeFault[]; readonly nearest: readonly VmSize[] };

/** A size asked for, against the region's list (keys lower-cased) and the policy; refused ones name the nearest that pass. */
export function sizeVerdict(
  vmSize: string,
  inRegion: ReadonlyMap<string, VmSize>,
  rules: SizesPolicy,
  nearestCount = 3,
): SizeVerdict {
  const size = inRegion.get(vmSize.toLowerCase());
  const faults: SizeFault[] = [];
  if (size === undefined) {
    faults.push({ code: 'refuse.size.unknown', why: `this region knows no size ${vmSize}` });
  } else if (!isForInstances(size)) {
    faults.push({
      code: 'refuse.size.unknown',
      why: `Azure ML offers ${size.name} here, but not for compute instances`,
    });
  }
  faults.push(...sizeFaults(size?.name ?? vmSize, rules));
  if (faults.length === 0 && size !== undefined) return { ok: true, size };
  const nearest = nearestSizes(vmSize, size ?? null, allowedSizes(inRegion, rules));
  return { ok: false, faults, nearest: nearest.slice(0, nearestCount) };
}

export const allowedSizes = (inRegion: ReadonlyMap<string, VmSize>, rules: SizesPolicy): readonly VmSize[] =>
  [...inRegion.values()].filter((size) => isForInstances(size) && sizeFaults(size.name, rules).length === 0);
