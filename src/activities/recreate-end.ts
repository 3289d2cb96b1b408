import type { Flow } from '../fleet/flow.ts';
import { endRecreation } from '../fleet/provision/end-recreation.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerEndRecreation = (flow: Flow): void =>
  registerActivity(activities.endRecreation, requestInput, (given) => endRecreation(flow, given));
