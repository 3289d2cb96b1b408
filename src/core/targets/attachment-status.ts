/** Where a change of attachments stands. The last six are its ends. */
export const attachmentStatuses = [
  'checking',
  'detaching',
  'attaching',
  'putting-back',
  'attached',
  'detached',
  'refused',
  'failed',
  'put-back',
  'needs-person',
] as const;
export type AttachmentStatus = (typeof attachmentStatuses)[number];
