import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { settleRequest } from '../fleet/provision/settle-request.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivityWithClient } from './register-activity.ts';

const input = requestInput.extend({ lastTry: z.boolean() });

export const registerSettleRequest = (flow: Flow): void =>
  registerActivityWithClient(activities.settleRequest, input, (given, client) =>
    settleRequest(flow, client, given),
  );
