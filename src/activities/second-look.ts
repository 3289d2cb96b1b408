import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { secondLook } from '../fleet/second-look.ts';
import { activities } from '../workflows/names.ts';
import { stopInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = stopInput.extend({
  stuckInStopping: z.boolean(),
  orderedAt: z.number().nullable().default(null),
});

export const registerSecondLook = (flow: Flow): void =>
  registerActivity(activities.secondLook, input, (given) => secondLook(flow, given));
