import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { endRequest } from '../fleet/provision/end-request.ts';
import { activities } from '../workflows/names.ts';
import { failureCode, requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = requestInput.extend({
  how: z.enum(['undoing', 'completed', 'failed', 'cancelled', 'needs-person']),
  failure: z.object({ code: failureCode, message: z.string() }).nullable(),
});

export const registerEndRequest = (flow: Flow): void =>
  registerActivity(activities.endRequest, input, (given) => endRequest(flow, given));
