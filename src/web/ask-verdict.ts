import type { MachineCheckView } from '../present/json/machine-check-view.ts';
import { element } from './element.ts';

const outcomes: Readonly<Record<MachineCheckView['outcome'], string>> = {
  granted: 'There is room for it, and nobody has to agree.',
  approval: 'There is room for it once somebody agrees.',
  refused: 'It would be refused.',
};

/** In words: the verdict, why, and what would make room. */
export function verdictOf(check: MachineCheckView): readonly HTMLElement[] {
  const broken = check.limits.filter(({ state }) => state !== 'within');
  const why = [
    ...check.sizeFaults.map(({ detail }) => detail),
    ...(check.approval?.because ?? broken.map(({ sentence }) => sentence)),
  ];
  const stopped = check.ownStopped.map(({ workspace, compute }) => `${workspace}/${compute}`).join(', ');
  const room =
    stopped === ''
      ? []
      : [
          `Deleting ${stopped} would give quota back${check.enoughIfDeleted ? ', and that would be enough' : ''}.`,
        ];
  const sizes = check.sizesWithRoom.length === 0 ? [] : [`With room now: ${check.sizesWithRoom.join(', ')}.`];
  return [
    element('b', {}, outcomes[check.outcome]),
    ...(why.length === 0 ? [] : [element('ul', {}, ...why.map((text) => element('li', {}, text)))]),
    ...[...room, ...sizes].map((text) => element('p', {}, text)),
  ];
}
