import type { Flow } from '../fleet/flow.ts';
import { confirmStop } from '../fleet/confirm-stop.ts';
import { activities } from '../workflows/names.ts';
import { stopInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerConfirmStop = (flow: Flow): void =>
  registerActivity(activities.confirmStop, stopInput, (input) => confirmStop(flow, input));
