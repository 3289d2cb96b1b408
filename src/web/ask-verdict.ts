import type { LimitView } from '../present/json/limit-view.ts';
import { element } from './element.ts';

/** What the API says a request would meet. */
export type MachineCheck = {
  readonly outcome: 'granted' | 'approval' | 'refused';
  readonly sizeFaults: readonly { readonly detail: string }[];
  readonly approval: { readonly approvers: number; readonly because: readonly string[] } | null;
  readonly limits: readonly LimitView[];
  readonly ownStopped: readonly { readonly compute: string; readonly workspace: string }[];
  readonly enoughIfDeleted: boolean;
  readonly sizesWithRoom: readonly string[];
};

const outcomes: Readonly<Record<MachineCheck['outcome'], string>> = {
  granted: 'There is room for it, and nobody has to agree.',
  approval: 'There is room for it once somebody agrees.',
  refused: 'It would be refused.',
};

/** In words: the verdict, why, and what would make room. */
export function verdictOf(check: MachineCheck): readonly HTMLElement[] {
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
