/**
 * One spelling of a VM family: sizes say `standardDSv2Family`, usages and quotas `Standard DSv2 Family Cluster Dedicated
 * vCPUs`, ids the same with underscores.
 */
export const familyKey = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[\s_]/g, '')
    .replace(/clusterdedicatedvcpus$/, '');
