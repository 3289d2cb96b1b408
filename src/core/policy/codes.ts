/** Where a request for a machine stands. */
export const requestStatuses = [
  'refused',
  'awaiting-approval',
  'rejected',
  'expired',
  'cancelled',
  'provisioning',
  'completed',
  'failed',
  'needs-person',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** Why a request is refused, in the order in which they are told: the first that holds is the reason. */
export const refusalCodes = [
  'refuse.forbidden',
  'refuse.name.invalid',
  'refuse.name.taken',
  'refuse.size.unknown',
  'refuse.size.denied',
  'refuse.size.isolation',
  'refuse.quota.user',
  'refuse.quota.team',
  'refuse.quota.workspace',
  'refuse.quota.subscription',
  'refuse.quota.family',
  'refuse.quota.region',
  'refuse.quota.all',
  'refuse.azure.family',
  'refuse.azure.regional',
  'refuse.azure.computes',
  'refuse.budget',
  'refuse.network.ssh',
  'refuse.network.public-ip',
  'refuse.network.subnet',
  'refuse.attachment.duplicate',
  'refuse.attachment.denied',
  'refuse.attachment.subscription',
  'refuse.attachment.os',
  'refuse.attachment.public-ip',
  'refuse.attachment.unknown',
  'refuse.attachment.not-attachable',
  'refuse.attachment.in-use',
  'refuse.attachment.no-way-back',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Why a request failed after it was granted. */
export const failureCodes = [
  'fail.setup',
  'fail.create',
  'fail.capacity',
  'fail.azure-quota',
  'fail.timeout',
] as const;
export type FailureCode = (typeof failureCodes)[number];

export const findingCodes = [
  'quota.user',
  'quota.team',
  'quota.workspace',
  'quota.subscription',
  'quota.family',
  'quota.region',
  'quota.all',
  'budget.exceeded',
  'size.denied',
  'size.isolation',
  'network.ssh',
  'network.public-ip',
  'network.subnet',
  'attachment.duplicate',
  'attachment.denied',
  'attachment.subscription',
  'attachment.os',
  'attachment.public-ip',
  'attachment.unknown',
  'target.retired',
  'notebook-vm',
  'cluster.min-nodes',
  'cluster.scale-down',
  'platform.idle-shutdown',
  'disk.low',
  'owner.gone',
  'instance.forgotten',
  'image.outdated',
  'job.stalled',
  'job.gpu-idle',
  'reports-only',
] as const;
export type FindingCode = (typeof findingCodes)[number];
