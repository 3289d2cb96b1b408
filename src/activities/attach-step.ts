import { z } from 'zod';
import { stepRequest } from '../fleet/attachments/step-request.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({ requestId: z.string().min(1) });

export const registerStepAttachment = (flow: Flow): void =>
  registerActivity(activities.stepAttachment, input, ({ requestId }) => stepRequest(flow, requestId));
