import { watchApproval } from '../fleet/provision/watch-approval.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerWatchApproval = (flow: Flow): void =>
  registerActivity(activities.watchApproval, requestInput, (input) => watchApproval(flow, input));
