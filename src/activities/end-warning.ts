import { z } from 'zod';
import { endWarning } from '../fleet/end-warning.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { stopInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = stopInput.extend({
  how: z.enum(['failed', 'unreadable', 'undelivered']),
  message: z.string(),
});

export const registerEndWarning = (flow: Flow): void =>
  registerActivity(activities.endWarning, input, (given) => endWarning(flow, given));
