import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { weighFailure } from '../fleet/provision/weigh-failure.ts';
import { activities } from '../workflows/names.ts';
import { failureCode, requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = requestInput.extend({ code: failureCode, message: z.string() });

export const registerWeighFailure = (flow: Flow): void =>
  registerActivity(activities.weighFailure, input, (given) => weighFailure(flow, given));
