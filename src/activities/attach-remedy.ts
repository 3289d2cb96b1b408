import { z } from 'zod';
import { stepRemedy } from '../fleet/attachments/step-remedy.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { refInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({ ref: refInput });

export const registerStepRemedy = (flow: Flow): void =>
  registerActivity(activities.stepRemedy, input, ({ ref }) => stepRemedy(flow, ref));
