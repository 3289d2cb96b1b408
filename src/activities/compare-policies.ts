import { z } from 'zod';
import { comparePolicies } from '../fleet/compare-policies.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { groupInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({
  sweepId: z.string(),
  currentHash: z.string(),
  proposedHash: z.string(),
  group: groupInput,
});

export const registerComparePolicies = (flow: Flow): void =>
  registerActivity(activities.comparePolicies, input, (given) => comparePolicies(flow, given));
