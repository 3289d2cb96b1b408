import type { SummaryView } from '../present/json/summary-view.ts';
import { element } from './element.ts';
import { localTime, plural } from './wording.ts';

type Batch = {
  readonly batchId: string;
  readonly status: string;
  readonly heldAt: string;
  readonly limit: number;
  readonly count: number;
  readonly computes: readonly { readonly workspace: string; readonly compute: string }[];
};
type Pending = {
  readonly hash: string;
  readonly count: number;
  readonly limit: number;
  readonly approvedAt: string | null;
  readonly computes: readonly { readonly workspace: string; readonly compute: string }[];
};
export type AdminState = { readonly batches: readonly Batch[]; readonly pending: Pending | null };
export type AdminActions = {
  readonly halt: () => void;
  readonly resume: () => void;
  readonly release: (batchId: string) => void;
  readonly approve: (hash: string) => void;
};

const button = (label: string, act: () => void, kind = ''): HTMLElement =>
  element('button', { type: 'button', class: kind, act }, label);

const namesOf = (
  computes: readonly { readonly workspace: string; readonly compute: string }[],
  count: number,
) =>
  element(
    'details',
    {},
    element('summary', {}, `Which ${plural(count, 'compute')}`),
    element('ul', {}, ...computes.map((one) => element('li', {}, `${one.workspace}/${one.compute}`))),
    count > computes.length ? element('p', {}, `and ${count - computes.length} more`) : null,
  );

/** Said to everybody: while it stands, nothing is stopped. */
export const haltBanner = (halt: SummaryView['halt']): HTMLElement | null =>
  halt === null
    ? null
    : element(
        'p',
        { class: 'banner', role: 'status' },
        element('b', {}, 'Halted. '),
        `Nothing is written to Azure since ${localTime(halt.since)}, by ${halt.by}${halt.why === null ? '' : `: ${halt.why}`}.`,
      );

export function adminSection(summary: SummaryView, state: AdminState, actions: AdminActions): HTMLElement {
  const held = state.batches.filter((batch) => batch.status === 'held');
  const { pending } = state;
  return element(
    'section',
    {},
    element('h2', {}, 'Admin'),
    element(
      'p',
      { class: 'buttons' },
      summary.halt === null
        ? button('Halt everything', actions.halt, 'danger')
        : button('Resume', actions.resume),
    ),
    ...held.map((batch) =>
      element(
        'div',
        { class: 'card' },
        element('b', {}, `${plural(batch.count, 'compute')} held by the blast limit of ${batch.limit}`),
        element('p', { class: 'quiet' }, `since ${localTime(batch.heldAt)}`),
        namesOf(batch.computes, batch.count),
        button('Release exactly these', () => actions.release(batch.batchId), 'danger'),
      ),
    ),
    pending === null
      ? null
      : element(
          'div',
          { class: 'card' },
          element(
            'b',
            {},
            `A changed policy would newly warn ${plural(pending.count, 'compute')} (limit ${pending.limit})`,
          ),
          namesOf(pending.computes, pending.count),
          pending.approvedAt === null
            ? button('Approve this policy', () => actions.approve(pending.hash), 'danger')
            : element('p', {}, 'Approved; it takes effect with the next sweep.'),
        ),
  );
}
