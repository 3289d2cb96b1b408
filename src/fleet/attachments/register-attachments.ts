import { app } from 'durable-functions';
import { registerStepRemedy } from '../../activities/attach-remedy.ts';
import { registerStepAttachment } from '../../activities/attach-step.ts';
import { registerReconcileCompute } from '../../activities/reconcile-compute.ts';
import { registerComputeEvents } from '../../triggers/eventgrid/compute-events.ts';
import { detachDuplicate } from '../../workflows/attach-remedy.ts';
import { attachment } from '../../workflows/attachment.ts';
import { orchestrations } from '../../workflows/names.ts';
import { reconcile } from '../../workflows/reconcile.ts';
import type { Flow } from '../flow.ts';

/** Registers what changes attachments, and what events about computes set going. */
export function registerAttachments(flow: Flow): void {
  app.orchestration(orchestrations.attachment, attachment);
  app.orchestration(orchestrations.reconcile, reconcile);
  app.orchestration(orchestrations.detachDuplicate, detachDuplicate);
  registerStepAttachment(flow);
  registerStepRemedy(flow);
  registerReconcileCompute(flow);
  registerComputeEvents(flow);
}
