import type { Flow } from '../fleet/flow.ts';
import { removeOld } from '../fleet/provision/remove-old.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerRemoveOld = (flow: Flow): void =>
  registerActivity(activities.removeOld, requestInput, (given) => removeOld(flow, given));
