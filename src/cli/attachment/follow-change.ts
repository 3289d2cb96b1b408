import type { AppDoor } from '../door/app-door.ts';
import { follow } from '../follow.ts';
import type { Surroundings } from '../surroundings.ts';
import type { AttachmentChangeView } from '../../present/json/attachment-change-view.ts';

const moving: ReadonlySet<string> = new Set(['checking', 'detaching', 'attaching', 'putting-back']);

/** 0: done as asked; 2: refused, failed, put back, waiting for a person, or still under way. */
export const exitOf = ({ status }: AttachmentChangeView): number =>
  status === 'attached' || status === 'detached' ? 0 : 2;

/** Reads a change until it has ended. */
export const followChange = (
  door: AppDoor,
  first: AttachmentChangeView,
  surroundings: Surroundings,
  timeoutMs: number | null,
): Promise<AttachmentChangeView> =>
  follow(door, first, surroundings, {
    path: `/api/attachments/${encodeURIComponent(first.attachmentId)}`,
    isMoving: ({ status }) => moving.has(status),
    text: ({ compute, operation, status }) => `${compute.compute}: ${operation}, ${status}`,
    timeoutMs,
  });
