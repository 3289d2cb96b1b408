import { z } from 'zod';
import type { Flow } from '../fleet/flow.ts';
import { undoStep } from '../fleet/provision/undo-step.ts';
import { activities } from '../workflows/names.ts';
import { requestInput } from './provision-inputs.ts';
import { registerActivity } from './register-activity.ts';

const input = requestInput.extend({ step: z.enum(['release-quota', 'delete-instance']) });

export const registerUndoStep = (flow: Flow): void =>
  registerActivity(activities.undoStep, input, (given) => undoStep(flow, given));
