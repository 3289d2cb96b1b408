import type { Compute } from '../computes.ts';
import { attachableKinds } from '../policy/kinds.ts';
import { attachableTargets } from '../targets/catalogue.ts';
import { innerOf, memberOf } from './arm-properties.ts';
import { broken, type RuleResult } from './rule.ts';

/** What is wrong with a target by its kind alone. */
export function targetFindings(
  compute: Compute,
): Readonly<Record<'target.retired' | 'notebook-vm', RuleResult>> {
  const kind = attachableKinds.find((one) => one.toLowerCase() === compute.kind.toLowerCase());
  const target = kind === undefined ? null : attachableTargets[kind];
  const retired =
    target?.retired === true
      ? broken(
          `The service behind it, ${target.title}, is retired.`,
          'Move what runs there elsewhere, then detach it.',
        )
      : 'kept';
  const inner = innerOf(compute);
  const isVm = kind === 'VirtualMachine';
  const notebook =
    isVm && inner === null
      ? 'unknown'
      : isVm && inner !== null && memberOf(inner, 'isNotebookInstanceCompute') === true
        ? broken(
            'It is a Notebook VM, the forerunner of compute instances; no new ones are made.',
            'Ask for a compute instance, copy what is on its own disk, then delete it.',
          )
        : 'kept';
  return { 'target.retired': retired, 'notebook-vm': notebook };
}
