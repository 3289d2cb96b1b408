import type { SizesPolicy } from '../policy/types.ts';
import { type SizeCode, sizeFaults } from '../targets/size-rules.ts';
import { broken, type RuleResult } from './rule.ts';

const fix =
  'A size cannot be changed: delete the machine and ask for an allowed size; its files on the share stay.';

/** The policy's word on a machine that is there already. */
export function sizeFindings(
  vmSize: string | null,
  rules: SizesPolicy,
): Readonly<Record<'size.denied' | 'size.isolation', RuleResult>> {
  if (vmSize === null) return { 'size.denied': 'unknown', 'size.isolation': 'unknown' };
  const faults = sizeFaults(vmSize, rules);
  const of = (code: SizeCode): RuleResult => {
    const fault = faults.find((one) => one.code === code);
    return fault === undefined ? 'kept' : broken(`Its size breaks the rules: ${fault.why}.`, fix);
  };
  return { 'size.denied': of('refuse.size.denied'), 'size.isolation': of('refuse.size.isolation') };
}
