import type { Flow } from '../fleet/flow.ts';
import { startStops } from '../fleet/start-stops.ts';
import { activities } from '../workflows/names.ts';
import { sweepInput } from './inputs.ts';
import { registerActivityWithClient } from './register-activity.ts';

export const registerStartStops = (flow: Flow): void =>
  registerActivityWithClient(activities.startStops, sweepInput, (input, client) =>
    startStops(flow, client, input),
  );
