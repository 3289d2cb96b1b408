import { inScope } from '../../config/in-scope.ts';
import { type ComputeRef, parseComputeArmId } from '../../core/ids.ts';
import { canActOn } from '../../core/policy/can-act-on.ts';
import { attachableTargetOf } from '../../core/targets/catalogue.ts';
import { forgetDecisions } from '../../ledger/decisions.ts';
import { readHalt } from '../../ledger/flags.ts';
import { readOpenWarningsOf } from '../../ledger/warnings.ts';
import { findAtTarget, findGone } from '../findings/find-at-compute.ts';
import type { FindBy } from '../findings/find-by.ts';
import type { Flow } from '../flow.ts';
import { stopInstanceId } from '../ids.ts';
import { type LoadedPolicy, readPolicyInForce } from '../policy-store.ts';
import { type DurableStarter, type DurableWaker, wakeOrchestration } from '../start-orchestration.ts';
import { readTeams } from '../teams.ts';
import { serveAside } from '../waiting/serve-waiting-list.ts';
import { endWarningWith } from '../withdraw-warning.ts';
import { bringForward, type LookedAt } from './bring-forward.ts';
import { reconcileAttachment } from './reconcile-attachment.ts';
import { reconcileInstance } from './reconcile-instance.ts';

export type Reconciled =
  | { readonly kind: 'done'; readonly outcome: string }
  | { readonly kind: 'wait'; readonly until: number };

export type ReconcileClient = DurableStarter & DurableWaker;

const againAfterMs = 30_000;

/**
 * Looks at what an event was about, as it really is: the event is not believed in anything but that a look is worth it.
 * Nothing is done here that a sweep would not do.
 */
export async function reconcile(flow: Flow, client: ReconcileClient, what: LookedAt): Promise<Reconciled> {
  switch (what.kind) {
    case 'compute':
      return reconcileCompute(flow, client, what.ref);
    case 'instance':
      return reconcileCompute(flow, client, what.ref, 'instances-only');
    case 'run': {
      if (!inScope(flow.scope, what.workspace)) return { kind: 'done', outcome: 'out-of-scope' };
      const found = await flow.ports.attachments.job(what.workspace, what.run);
      if (!found.ok) {
        if (found.kind === 'throttled') return { kind: 'wait', until: found.retryAt };
        return { kind: 'done', outcome: 'no-such-run' };
      }
      for (const id of found.value.computeIds) {
        const ref = refOf(id);
        // Runs of one instance end together: their looks are one.
        if (ref !== null) await bringForward(flow, client, { kind: 'instance', ref });
      }
      return { kind: 'done', outcome: 'looked' };
    }
  }
}

async function findBy(flow: Flow, policy: LoadedPolicy): Promise<FindBy> {
  const [teams, halt] = await Promise.all([readTeams(flow, [policy.policy]), readHalt(flow.ports.ledger)]);
  return { now: flow.ports.clock.now(), policy, teams, halt, budgets: null, sweepId: null };
}

function refOf(computeId: string): ComputeRef | null {
  try {
    return parseComputeArmId(computeId);
  } catch {
    return null;
  }
}

async function reconcileCompute(
  flow: Flow,
  client: ReconcileClient,
  ref: ComputeRef,
  which: 'every-kind' | 'instances-only' = 'every-kind',
): Promise<Reconciled> {
  if (!inScope(flow.scope, ref)) return { kind: 'done', outcome: 'out-of-scope' };
  const policy = await readPolicyInForce(flow.ports.ledger);
  const isLookedAt = canActOn(policy.policy, { subscription: ref.subscriptionId, workspace: ref.workspace });
  if (!isLookedAt) return { kind: 'done', outcome: 'off' };
  const got = await flow.ports.computes.get(ref);
  if (!got.ok) {
    if (got.kind === 'throttled') return { kind: 'wait', until: got.retryAt };
    if (got.kind !== 'missing') return { kind: 'wait', until: flow.ports.clock.now() + againAfterMs };
    await forget(flow, client, ref);
    await findGone(flow, ref, await findBy(flow, policy));
    await reconcileAttachment(flow, ref, null, policy, client);
    await serveAside(flow, client);
    return { kind: 'done', outcome: 'gone' };
  }
  const compute = got.value;
  if (compute.kind.toLowerCase() === 'computeinstance') return reconcileInstance(flow, client, ref, policy);
  if (which === 'instances-only') return { kind: 'done', outcome: 'not-an-instance' };
  await findAtTarget(flow, compute, await findBy(flow, policy));
  if (attachableTargetOf(compute.kind) !== null)
    await reconcileAttachment(flow, ref, compute, policy, client);
  return { kind: 'done', outcome: 'looked' };
}

/** A deleted compute: its warnings end and it has no latest decision; what it has saved a sweep settles. */
async function forget(flow: Flow, client: ReconcileClient, ref: ComputeRef): Promise<void> {
  const { ledger } = flow.ports;
  for (const stored of await readOpenWarningsOf(ledger, ref)) {
    const ended = await endWarningWith(flow, stored, { outcome: 'gone', reason: 'deleted', tell: null });
    if (ended) await wakeOrchestration(client, stopInstanceId(ref, stored.warning.warningId), 'deleted');
  }
  await forgetDecisions(ledger, ref, [ref]);
}
