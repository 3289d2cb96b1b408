import type { FindingCode } from '../policy/codes.ts';

const titles: Readonly<Record<FindingCode, string>> = {
  'quota.user': 'a person’s quota is exceeded',
  'quota.team': 'a team’s quota is exceeded',
  'quota.workspace': 'a workspace’s quota is exceeded',
  'quota.subscription': 'a subscription’s quota is exceeded',
  'quota.family': 'the quota of a VM family is exceeded',
  'quota.region': 'a region’s quota is exceeded',
  'quota.all': 'the quota of the fleet is exceeded',
  'budget.exceeded': 'the month’s budget is used up',
  'size.denied': 'its size is not allowed',
  'size.isolation': 'its size breaks the rule of isolation',
  'network.ssh': 'SSH is open',
  'network.public-ip': 'it has a public IP address',
  'network.subnet': 'it is in no subnet',
  'attachment.duplicate': 'its resource is attached twice',
  'attachment.denied': 'such a target may not be attached',
  'attachment.subscription': 'its resource is in another subscription',
  'attachment.os': 'its operating system does not fit',
  'attachment.public-ip': 'its resource has no public IP address',
  'attachment.unknown': 'its resource cannot be read',
  'target.retired': 'its service is retired',
  'notebook-vm': 'it is a Notebook VM',
  'cluster.min-nodes': 'nodes stand idle',
  'cluster.scale-down': 'its nodes stay too long',
  'platform.idle-shutdown': 'the platform’s idle shutdown does not protect it',
  'disk.low': 'its disk is nearly full',
  'owner.gone': 'its owner is gone',
  'instance.forgotten': 'it has long been stopped',
  'schedule.native': 'its own schedule in Azure contradicts the policy',
  'image.outdated': 'its image is old',
  'job.stalled': 'a job hangs',
  'job.gpu-idle': 'a job leaves its GPU idle',
  'reports-only': 'only session reports keep it',
};

/** A few words for titles and tables. */
export const titleOfFinding = (code: FindingCode): string => titles[code];
