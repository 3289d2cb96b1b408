import { idleFeatures, type Feature } from './scenario/features.ts';

/** The parts of the scenario format that the product has learnt so far. */
export const supportedFeatures: ReadonlySet<Feature> = new Set<Feature>([
  ...idleFeatures,
  'policy.schedules',
  'expect.started',
  'policy.quotas',
  'policy.sizes',
  'policy.approvals',
  'policy.network',
  'world.quotas',
  'do.request',
  'do.approve',
  'do.reject',
  'do.cancel',
  'expect.request',
  'policy.clusters',
  'policy.forgotten',
  'policy.images',
  'policy.disk',
  'policy.reportsOnly',
  'policy.platform',
  'world.cluster',
  'world.disk',
  'do.accept',
  'expect.finding',
  'expect.patched',
]);
