import { randomBytes } from 'node:crypto';
import type { AgentSetup } from '../agent/creation-script.ts';
import { createInstance } from '../fleet/provision/create-instance.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

export const registerCreateInstance = (flow: Flow, setup: AgentSetup | null): void =>
  registerActivity(activities.createInstance, requestInput, (input) =>
    createInstance(flow, { setup, random: randomBytes }, input),
  );
