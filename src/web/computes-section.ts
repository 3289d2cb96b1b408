import type { ComputeView } from '../present/json/compute-view.ts';
import { type Child, element } from './element.ts';
import { localTime, span } from './wording.ts';

export type ComputeActions = {
  readonly keep: (compute: ComputeView) => void;
  readonly endSnooze: (compute: ComputeView) => void;
  readonly stopAfterJob: (compute: ComputeView) => void;
  readonly endWish: (compute: ComputeView) => void;
  readonly regret: (compute: ComputeView) => void;
  readonly more: (compute: ComputeView) => void;
};

/** The next stop that is due, if one is. */
const stopDue = (compute: ComputeView): number | null => {
  const times = compute.warnings.flatMap((warning) =>
    warning.stopDueAt === null ? [] : [Date.parse(warning.stopDueAt)],
  );
  return times.length === 0 ? null : Math.min(...times);
};

const isOff = ({ decision, lastStop }: ComputeView): boolean =>
  decision.reason === 'keep.not-running' || lastStop !== null;

const urgency = (compute: ComputeView): number =>
  stopDue(compute) ?? (isOff(compute) ? Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER - 1);

/** The one that was asked for, then what most needs a look: stops by time, then what runs, then what is off. */
function inOrderOfUrgency(computes: readonly ComputeView[], lookedFor: string | null): ComputeView[] {
  const place = (compute: ComputeView): number =>
    compute.compute.toLowerCase() === lookedFor?.toLowerCase() ? 0 : 1;
  return [...computes].sort(
    (one, other) =>
      place(one) - place(other) || urgency(one) - urgency(other) || one.compute.localeCompare(other.compute),
  );
}

function stateOf(compute: ComputeView, now: number): HTMLElement {
  const due = stopDue(compute);
  if (due !== null) {
    const left = due - now;
    return element(
      'span',
      { class: 'badge warn' },
      left <= 0 ? 'stops at the next look unless in use' : `stops in ${span(left)} unless in use or kept`,
    );
  }
  if (compute.snooze !== null) {
    return element('span', { class: 'badge calm' }, `kept until ${localTime(compute.snooze.until)}`);
  }
  if (isOff(compute)) return element('span', { class: 'badge off' }, 'off');
  const { reason } = compute.decision;
  if (reason.startsWith('keep.unknown')) return element('span', { class: 'badge blind' }, 'unknown');
  if (reason.startsWith('keep.active')) return element('span', { class: 'badge calm' }, 'in use');
  return element('span', { class: 'badge' }, 'kept');
}

/** Offered while a job holds the instance; what was asked for can be taken back at any time. */
function wishButton(
  compute: ComputeView,
  button: (label: string, act: (compute: ComputeView) => void) => HTMLElement,
  actions: ComputeActions,
): HTMLElement | null {
  if (compute.stopAfterJob !== null) return button('Do not stop it after its job', actions.endWish);
  return compute.decision.reason === 'keep.active.job'
    ? button('Stop it after its job', actions.stopAfterJob)
    : null;
}

/** What was asked for, under the reason. */
function wishLine({ stopAfterJob: wish }: ComputeView): HTMLElement | null {
  if (wish === null) return null;
  const job = wish.job === null ? 'its jobs' : `job ${wish.job}`;
  const ended = wish.jobEndedAt === null ? '' : `, which ended at ${localTime(wish.jobEndedAt)}`;
  return element(
    'small',
    {},
    `stops once quiet for ${wish.quietForMinutes} min after ${job}${ended}, as ${wish.by} asked`,
  );
}

/** Buttons of the same name are told apart by the row they are in. */
const rowId = ({ workspace, compute }: ComputeView): string => `compute-${workspace}-${compute}`;

function buttonsOf(compute: ComputeView, actions: ComputeActions): HTMLElement {
  const button = (label: string, act: (compute: ComputeView) => void) =>
    element(
      'button',
      {
        type: 'button',
        'aria-describedby': rowId(compute),
        act: () => act(compute),
      },
      label,
    );
  return element(
    'td',
    {},
    element(
      'div',
      { class: 'buttons' },
      isOff(compute) ? null : button('Keep it', actions.keep),
      compute.lastStop?.mayRegret === true ? button('I was using it', actions.regret) : null,
      compute.snooze === null ? null : button('End the snooze', actions.endSnooze),
      wishButton(compute, button, actions),
      button('More…', actions.more),
    ),
  );
}

const ownerOf = ({ owner }: ComputeView): string =>
  owner === null ? 'no owner known' : (owner.name ?? `owner ${owner.objectId}`);

/** In a few words, and unfolded in full. */
function whyOf({ decision }: ComputeView): Child {
  if (decision.brief === decision.sentence) return decision.brief;
  return element('details', {}, element('summary', {}, decision.brief), decision.sentence);
}

export function computesSection(
  computes: readonly ComputeView[],
  now: number,
  lookedFor: string | null,
  actions: ComputeActions,
): HTMLElement {
  if (computes.length === 0) {
    return element(
      'section',
      {},
      element('h2', {}, 'Computes'),
      element('p', {}, 'There is none of yours that Lamplighter knows.'),
    );
  }
  const rows = inOrderOfUrgency(computes, lookedFor).map((compute) =>
    element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row', id: rowId(compute) },
        compute.compute,
        element(
          'small',
          {},
          `${compute.workspace} · ${ownerOf(compute)} · ${compute.vmSize ?? 'size unknown'}`,
        ),
      ),
      element('td', {}, stateOf(compute, now)),
      element(
        'td',
        {},
        whyOf(compute),
        wishLine(compute),
        compute.schedule === null ? null : element('small', {}, compute.schedule.sentence),
      ),
      buttonsOf(compute, actions),
    ),
  );
  const head = ['Compute', 'State', 'Why', 'Do'].map((title) => element('th', { scope: 'col' }, title));
  return element(
    'section',
    {},
    element('h2', {}, 'Computes'),
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
  );
}
