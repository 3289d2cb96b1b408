import { z } from 'zod';
import { adoptPolicy } from '../fleet/adopt-policy.ts';
import type { PolicyComparison } from '../fleet/compare-policies.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { ownAnswers } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({
  sweepId: z.string(),
  currentHash: z.string(),
  proposedHash: z.string(),
  comparisons: ownAnswers<PolicyComparison>(),
});

export const registerAdoptPolicy = (flow: Flow): void =>
  registerActivity(activities.adoptPolicy, input, (given) => adoptPolicy(flow, given));
