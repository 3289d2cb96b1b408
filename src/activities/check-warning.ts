import type { Flow } from '../fleet/flow.ts';
import { checkWarning } from '../fleet/check-warning.ts';
import { activities } from '../workflows/names.ts';
import { stopInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerCheckWarning = (flow: Flow): void =>
  registerActivity(activities.checkWarning, stopInput, (input) => checkWarning(flow, input));
