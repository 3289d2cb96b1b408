import { app } from 'durable-functions';
import { registerStartInstance } from '../../activities/start-instance.ts';
import { orchestrations } from '../../workflows/names.ts';
import { start } from '../../workflows/start.ts';
import type { Flow } from '../flow.ts';

/** Registers what starts instances by schedule. */
export function registerStarts(flow: Flow): void {
  app.orchestration(orchestrations.start, start);
  registerStartInstance(flow);
}
