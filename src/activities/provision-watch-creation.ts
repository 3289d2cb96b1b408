import { watchCreation } from '../fleet/provision/watch-creation.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerWatchCreation = (flow: Flow): void =>
  registerActivity(activities.watchCreation, requestInput, (input) => watchCreation(flow, input));
