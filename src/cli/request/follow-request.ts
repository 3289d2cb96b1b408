import { LamplighterError } from '../../core/errors.ts';
import type { RequestView } from '../../present/json/request-view.ts';
import type { AppDoor, DoorReply } from './app-door.ts';

const moving: ReadonlySet<string> = new Set(['awaiting-approval', 'provisioning']);
export const isMoving = (request: Pick<RequestView, 'status'>): boolean => moving.has(request.status);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What went wrong, in the app's own words. */
export function problemOf({ status, json }: DoorReply): LamplighterError {
  const detail = textOf(json['detail']) || `Lamplighter answered ${status}.`;
  const listed = Array.isArray(json['refusals'])
    ? (json['refusals'] as { detail?: unknown; try?: unknown }[])
    : [];
  const all = listed.map((one) => `${textOf(one.detail)} ${textOf(one.try)}`).join('\n');
  return new LamplighterError(all === '' ? detail : all, {
    code: textOf(json['code']) || 'cli.refused',
    fault: 'caller',
    retryable: status === 503 || status === 409,
    fix: listed.length > 0 ? '' : textOf(json['try']) || 'Try again later.',
  });
}

/** Throws what the app says against it. */
export function requestOf(reply: DoorReply): RequestView {
  if (reply.status >= 300) throw problemOf(reply);
  return reply.json as unknown as RequestView;
}

/** One line on how far it is. */
export function progressText(request: RequestView, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(request.requestedAt)) / 60_000));
  const step =
    request.status === 'awaiting-approval'
      ? `waits for approval (${request.approval?.approved ?? 0} of ${request.approval?.approvers ?? 1})`
      : request.acceptedAt === null
        ? 'is about to be made'
        : 'is being made';
  const again = request.tries > 1 ? `, try ${request.tries}` : '';
  return `${request.compute?.compute ?? request.requestId} ${step}${again}, ${minutes} min`;
}

export type FollowOptions = {
  readonly show: (request: RequestView) => void;
  readonly wait: () => Promise<void>;
};

/** Reads a request until it has ended; a fault of the moment is waited out a few times. */
export async function followRequest(
  door: AppDoor,
  first: RequestView,
  options: FollowOptions,
): Promise<RequestView> {
  let request = first;
  let faults = 0;
  while (isMoving(request)) {
    options.show(request);
    await options.wait();
    const reply = await door.call('GET', `/api/requests/${request.requestId}`);
    faults = reply.status >= 500 || reply.status === 429 ? faults + 1 : 0;
    if (faults > 0 && faults <= 5) continue;
    request = requestOf(reply);
  }
  return request;
}
