import { z } from 'zod';
import { attachmentStatuses } from '../../core/targets/attachment-status.ts';
import type { AttachmentRequest } from '../../ledger/attachment-requests.ts';
import { addressOf } from './compute-address.ts';
import { computeAddress, instant, instantOf, instantOrNull } from './scalars.ts';

/** A change of an attachment that was asked for, and how it goes. */
export const attachmentChangeView = z.object({
  attachmentId: z.string(),
  operation: z.enum(['attach', 'detach', 'reattach']),
  compute: computeAddress,
  status: z.enum(attachmentStatuses),
  reason: z.string().nullable().meta({ description: 'The first code that made the status' }),
  sentence: z.string(),
  refusals: z.array(z.object({ code: z.string(), detail: z.string() })),
  requestedBy: z.string(),
  requestedAt: instant,
  endedAt: instant.nullable(),
});
export type AttachmentChangeView = z.infer<typeof attachmentChangeView>;

export const attachmentChangeViewOf = (request: AttachmentRequest): AttachmentChangeView => ({
  attachmentId: request.requestId,
  operation: request.operation,
  compute: addressOf(request.ref),
  status: request.status,
  reason: request.reason,
  sentence: request.sentence,
  refusals: request.refusals.map(({ code, detail }) => ({ code, detail })),
  requestedBy: request.requestedBy.name ?? request.requestedBy.objectId,
  requestedAt: instantOf(request.requestedAt),
  endedAt: instantOrNull(request.endedAt),
});
