import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { settleRequest } from '../fleet/provision/settle-request.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = requestInput.extend({ lastTry: z.boolean() });

export const registerSettleRequest = (flow: Flow): void =>
  registerActivity(activities.settleRequest, input, (given) => settleRequest(flow, given));
