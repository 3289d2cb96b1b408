import type { ComputeRef } from '../core/ids.ts';
import {
  closeWarning,
  type ClosedWarning,
  markTold,
  readClosedWarnings,
  type StoredWarning,
  type WarningOutcome,
} from '../ledger/warnings.ts';
import type { Message } from '../ports/notifier.ts';
import type { Flow } from './flow.ts';
import { linkFor, longestLinkMs } from './link-for.ts';
import { deliverAboutWarning, readerOf } from './deliver-about-warning.ts';
import { pagePathOf } from './tell.ts';

const titles: Readonly<Record<WarningOutcome, string>> = {
  withdrawn: 'Not stopped',
  stopped: 'Stopped',
  gone: 'Stopped by somebody else',
  failed: 'Could not be stopped',
  undelivered: 'Not stopped',
};
const kinds: Readonly<Record<WarningOutcome, Message['kind']>> = {
  withdrawn: 'withdrawn',
  stopped: 'stopped',
  gone: 'withdrawn',
  failed: 'stop-failed',
  undelivered: 'withdrawn',
};

/** What the owner of an instance that was stopped may want at once. */
function afterStop(flow: Flow, closed: ClosedWarning): Message['links'] {
  if (closed.outcome !== 'stopped') return [];
  const about = {
    otherwise: pagePathOf(closed.ref),
    subject: { kind: 'compute', ref: closed.ref, of: closed.warningId },
    person: readerOf(closed)?.objectId ?? null,
    expiresAt: closed.closedAt + longestLinkMs,
  } as const;
  return [
    linkFor(flow, { ...about, label: 'Start it again', action: 'start' }),
    linkFor(flow, { ...about, label: 'I was using it', action: 'regret' }),
  ];
}

/**
 * Tells the owner what became of a warning, if there is something to tell and nobody did yet. A message repeated after
 * a crash carries the same id. `false`: it has to be tried again.
 */
export async function tellEnd(flow: Flow, closed: ClosedWarning): Promise<boolean> {
  if (closed.tell === null || closed.toldAt !== null) return true;
  const delivery = await deliverAboutWarning(flow, closed, {
    id: `${kinds[closed.outcome]}-${closed.warningId}`,
    kind: kinds[closed.outcome],
    compute: closed.ref,
    title: `${closed.ref.compute}: ${titles[closed.outcome]}`,
    sentence: closed.tell,
    links: [...afterStop(flow, closed), { label: 'Why?', path: pagePathOf(closed.ref) }],
  });
  if (delivery.accepted) await markTold(flow.ports.ledger, closed, flow.ports.clock.now());
  return delivery.accepted;
}

export type WarningClose = {
  readonly outcome: WarningOutcome;
  readonly reason: string;
  /** Null: there is nothing to tell, for instance because the owner did it. */
  readonly tell: string | null;
};

/**
 * Closes a warning and tells its owner once. `false`: somebody else changed it in between, for instance because the stop
 * is being asked for this moment; then nothing was told.
 */
export async function endWarningWith(
  flow: Flow,
  stored: StoredWarning,
  close: WarningClose,
): Promise<boolean> {
  const closed = await closeWarning(flow.ports.ledger, stored, {
    outcome: close.outcome,
    closedAt: flow.ports.clock.now(),
    closedReason: close.reason,
    // Whoever was never told of the warning need not be told of its end.
    tell: stored.warning.warnedAt === null && close.outcome !== 'failed' ? null : close.tell,
  });
  if (closed === null) return false;
  await tellEnd(flow, closed);
  return true;
}

export async function findClosedWarning(
  flow: Flow,
  ref: ComputeRef,
  warningId: string,
): Promise<ClosedWarning | null> {
  const closed = await readClosedWarnings(flow.ports.ledger, ref);
  return closed.find((one) => one.warningId === warningId) ?? null;
}
