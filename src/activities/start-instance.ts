import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { startInstance } from '../fleet/schedule/start-instance.ts';
import { activities } from '../workflows/names.ts';
import { refInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = z.object({ ref: refInput, schedule: z.string(), startAt: z.number(), untilAt: z.number() });

export const registerStartInstance = (flow: Flow): void =>
  registerActivity(activities.startInstance, input, (given) => startInstance(flow, given));
