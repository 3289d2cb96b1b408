import { app } from 'durable-functions';
import { registerStepAttachment } from '../../activities/attach-step.ts';
import { attachment } from '../../workflows/attachment.ts';
import { orchestrations } from '../../workflows/names.ts';
import type { Flow } from '../flow.ts';

/** Registers what changes attachments. */
export function registerAttachments(flow: Flow): void {
  app.orchestration(orchestrations.attachment, attachment);
  registerStepAttachment(flow);
}
