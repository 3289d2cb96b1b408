import { z } from 'zod';
import { evaluateGroup } from '../fleet/evaluate-group.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { groupInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({
  sweepId: z.string(),
  policyHash: z.string(),
  group: groupInput,
  waitUntilAt: z.number(),
});

export const registerEvaluateGroup = (flow: Flow): void =>
  registerActivity(activities.evaluateGroup, input, (given) => evaluateGroup(flow, given));
