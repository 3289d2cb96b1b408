import type { RequestView } from '../../present/json/request-view.ts';
import type { AppDoor } from '../door/app-door.ts';
import { follow } from '../follow.ts';
import type { Surroundings } from '../surroundings.ts';

const moving: ReadonlySet<string> = new Set(['awaiting-approval', 'provisioning']);
const isMoving = (request: Pick<RequestView, 'status'>): boolean => moving.has(request.status);

/** 0: it is done; 2: it was refused, waits or ended otherwise. */
export const exitOf = (request: Pick<RequestView, 'status'>): number =>
  request.status === 'completed' ? 0 : 2;

/** One line on how far it is. */
function progressText(request: RequestView): string {
  const step =
    request.status === 'awaiting-approval'
      ? `waits for approval (${request.approval?.approved ?? 0} of ${request.approval?.approvers ?? 1})`
      : request.recreation !== null && request.recreation.goneAt === null
        ? 'is being deleted, to be made again'
        : request.acceptedAt === null
          ? 'is about to be made'
          : 'is being made';
  const again = request.tries > 1 ? `, try ${request.tries}` : '';
  return `${request.compute?.compute ?? request.requestId} ${step}${again}`;
}

/** Reads a request until it has ended. */
export function followRequest(
  door: AppDoor,
  first: RequestView,
  surroundings: Surroundings,
  timeoutMs: number | null,
): Promise<RequestView> {
  if (isMoving(first) && surroundings.stderr.isTTY === true) {
    surroundings.stderr.write(
      `Ctrl-C leaves it to itself; "lamplighter request show ${first.requestId} --wait" follows it again.\n`,
    );
  }
  return follow(door, first, surroundings, {
    path: `/api/requests/${encodeURIComponent(first.requestId)}`,
    isMoving,
    text: progressText,
    timeoutMs,
  });
}
