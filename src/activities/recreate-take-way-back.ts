import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { takeWayBack } from '../fleet/provision/take-way-back.ts';
import { activities } from '../workflows/names.ts';
import { failureCode, requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = requestInput.extend({ code: failureCode, message: z.string() });

export const registerTakeWayBack = (flow: Flow): void =>
  registerActivity(activities.takeWayBack, input, (given) => takeWayBack(flow, given));
