import { idleFeatures, type Feature } from './scenario/features.ts';

/** The parts of the scenario format that the product has learnt so far. */
export const supportedFeatures: ReadonlySet<Feature> = idleFeatures;
