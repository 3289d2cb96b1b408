import { z } from 'zod';
import type { ComputeTarget } from '../../core/targets/catalogue.ts';
import { computeAddress, instant } from './scalars.ts';

/** One kind of compute target. */
const targetView = z.object({
  kind: z.string(),
  title: z.string(),
  managed: z.boolean(),
  training: z.string(),
  inference: z.string(),
  attachable: z.boolean(),
  because: z.string().nullable().meta({ description: 'Why it cannot be attached' }),
  rules: z.array(z.string()),
  retired: z.boolean(),
});
/** Something attached somewhere in the fleet. */
const attachmentView = z.object({
  compute: computeAddress,
  kind: z.string(),
  resourceId: z.string().nullable(),
  namespace: z.string().nullable(),
  attachedAt: instant.nullable(),
  seenAt: instant,
  duplicateOf: computeAddress.nullable().meta({ description: 'The first attachment of the same resource' }),
});
export const targetsView = z.object({ targets: z.array(targetView), attachments: z.array(attachmentView) });
export type TargetsView = z.infer<typeof targetsView>;
export type TargetView = z.infer<typeof targetView>;
export type AttachmentView = z.infer<typeof attachmentView>;

export const targetViewOf = (target: ComputeTarget): TargetView => ({
  kind: target.kind,
  title: target.title,
  managed: target.managed,
  training: target.training,
  inference: target.inference,
  attachable: target.comes === 'attached',
  because: target.because,
  rules: [...target.rules],
  retired: target.retired,
});
