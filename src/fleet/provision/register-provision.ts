import { app } from 'durable-functions';
import type { AgentSetup } from '../../agent/creation-script.ts';
import { registerCreateInstance } from '../../activities/provision-create.ts';
import { registerEndRequest } from '../../activities/provision-end.ts';
import { registerSettleRequest } from '../../activities/provision-settle.ts';
import { registerUndoStep } from '../../activities/provision-undo.ts';
import { registerWatchApproval } from '../../activities/provision-watch-approval.ts';
import { registerWatchCreation } from '../../activities/provision-watch-creation.ts';
import { registerWeighFailure } from '../../activities/provision-weigh-failure.ts';
import { registerEndRecreation } from '../../activities/recreate-end.ts';
import { registerRemoveOld } from '../../activities/recreate-remove-old.ts';
import { registerTakeWayBack } from '../../activities/recreate-take-way-back.ts';
import { registerRequestTimer } from '../../triggers/timer/request-timer.ts';
import { orchestrations } from '../../workflows/names.ts';
import { provision } from '../../workflows/provision.ts';
import { recreate } from '../../workflows/recreate.ts';
import type { Flow } from '../flow.ts';

/** Registers the workflows of requests, their steps, and the timer that takes up what a dead process left. */
export function registerProvision(flow: Flow, agent: AgentSetup | null): void {
  app.orchestration(orchestrations.provision, provision);
  app.orchestration(orchestrations.recreate, recreate);
  registerWatchApproval(flow);
  registerCreateInstance(flow, agent);
  registerWatchCreation(flow);
  registerWeighFailure(flow);
  registerUndoStep(flow);
  registerEndRequest(flow);
  registerSettleRequest(flow);
  registerRemoveOld(flow);
  registerTakeWayBack(flow);
  registerEndRecreation(flow);
  registerRequestTimer(flow);
}
