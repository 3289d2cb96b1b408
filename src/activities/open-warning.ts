import type { Flow } from '../fleet/flow.ts';
import { openWarning } from '../fleet/open-warning.ts';
import { activities } from '../workflows/names.ts';
import { stopInput } from './inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerOpenWarning = (flow: Flow): void =>
  registerActivity(activities.openWarning, stopInput, (input) => openWarning(flow, input));
