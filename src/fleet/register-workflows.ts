import { app } from 'durable-functions';
import { registerAdoptPolicy } from '../activities/adopt-policy.ts';
import { registerCheckWarning } from '../activities/check-warning.ts';
import { registerComparePolicies } from '../activities/compare-policies.ts';
import { registerConcludeSweep } from '../activities/conclude-sweep.ts';
import { registerConfirmStop } from '../activities/confirm-stop.ts';
import { registerEndWarning } from '../activities/end-warning.ts';
import { registerEvaluateGroup } from '../activities/evaluate-group.ts';
import { registerOpenWarning } from '../activities/open-warning.ts';
import { registerPlanSweep } from '../activities/plan-sweep.ts';
import { registerSecondLook } from '../activities/second-look.ts';
import { registerStartStops } from '../activities/start-stops.ts';
import type { AgentSetup } from '../agent/creation-script.ts';
import type { Settings } from '../config/settings.ts';
import type { Ports } from '../ports/ports.ts';
import { registerPruneTimer } from '../triggers/timer/prune-timer.ts';
import { registerSweepTimer } from '../triggers/timer/sweep-timer.ts';
import { orchestrations } from '../workflows/names.ts';
import { stop } from '../workflows/stop.ts';
import { sweep } from '../workflows/sweep.ts';
import { registerAttachments } from './attachments/register-attachments.ts';
import type { Flow } from './flow.ts';
import { registerProvision } from './provision/register-provision.ts';
import { registerStarts } from './schedule/register-starts.ts';

/** Registers the main flow: its workflows, their steps, and the timers that set it going. */
export function registerWorkflows(
  ports: Ports,
  settings: Pick<Settings, 'scope'>,
  agent: AgentSetup | null,
): void {
  const flow: Flow = { ports, scope: settings.scope };
  app.orchestration(orchestrations.sweep, sweep);
  app.orchestration(orchestrations.stop, stop);

  registerPlanSweep(flow);
  registerComparePolicies(flow);
  registerAdoptPolicy(flow);
  registerEvaluateGroup(flow);
  registerConcludeSweep(flow);
  registerStartStops(flow);
  registerOpenWarning(flow);
  registerCheckWarning(flow);
  registerSecondLook(flow);
  registerConfirmStop(flow);
  registerEndWarning(flow);
  registerStarts(flow);

  registerAttachments(flow);

  registerSweepTimer(flow);
  registerPruneTimer(flow);

  registerProvision(flow, agent);
}
