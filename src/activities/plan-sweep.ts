import type { Flow } from '../fleet/flow.ts';
import { planSweep } from '../fleet/plan-sweep.ts';
import { activities } from '../workflows/names.ts';
import { sweepInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerPlanSweep = (flow: Flow): void =>
  registerActivity(activities.planSweep, sweepInput, (input) => planSweep(flow, input));
