import type { Compute, Workspace } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import { imageFinding } from '../../core/findings/upkeep-findings.ts';
import { matching } from '../../core/policy/match.ts';
import { policyFor } from '../../core/policy/policy-for.ts';
import type { Match } from '../../core/policy/types.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { fewAtATime, inParallel } from '../in-parallel.ts';
import { readPolicyInForce } from '../policy-store.ts';
import type { FleetFacts } from '../provision/fleet-facts.ts';
import { subjectOf } from '../subject-of.ts';

export type OutdatedInstances = {
  readonly instances: readonly Compute[];
  /** Their images’ age cannot be told. */
  readonly unknown: number;
  /** Protected, exempt, or in mode off: nobody is asked about them. */
  readonly left: number;
};

const unreadable = (what: string, failure: unknown): LamplighterError =>
  new LamplighterError(`${what} cannot be read now: ${faultOf(failure).message}`, {
    code: 'azure.unreadable',
    fault: 'azure',
    retryable: true,
    fix: 'Send it again in a minute, with the same Idempotency-Key.',
  });

async function instancesOf(flow: Flow, workspace: Workspace): Promise<readonly Compute[]> {
  const listed = await flow.ports.computes.list(workspace);
  if (!listed.ok) throw unreadable(`Workspace ${workspace.workspace}`, listed);
  const rows = listed.value.filter(({ kind }) => kind.toLowerCase() === 'computeinstance');
  const whole = await inParallel(rows, fewAtATime, async (row) => {
    if (row.state !== null) return row;
    const got = await flow.ports.computes.get(row.ref);
    if (got.ok) return got.value;
    if (got.kind === 'missing') return null;
    throw unreadable(row.ref.compute, got);
  });
  return whole.filter((compute) => compute !== null);
}

/** Instances that the match surely holds for and whose image is older. Throws `azure.unreadable` (retryable). */
export async function outdatedInstances(
  flow: Flow,
  facts: FleetFacts,
  match: Match,
  olderThanMs: number | null,
): Promise<OutdatedInstances & { readonly olderThanMs: number }> {
  const now = flow.ports.clock.now();
  const { policy, hash } = await readPolicyInForce(flow.ports.ledger);
  const maxAgeMs = olderThanMs ?? policy.images.maxAgeMs;
  const [workspaces, teams] = await Promise.all([facts.workspaces(), facts.teams(policy)]);
  const instances: Compute[] = [];
  let unknown = 0;
  let left = 0;
  await inParallel(workspaces, fewAtATime, async (workspace) => {
    const sizes = await facts.sizes(workspace.subscriptionId, workspace.location);
    for (const compute of await instancesOf(flow, workspace)) {
      const size = sizes.get(compute.vmSize?.toLowerCase() ?? '') ?? null;
      const subject = subjectOf({ compute, size }, teams);
      if (matching(match, subject) !== 'yes') continue;
      const finding = imageFinding(compute, { maxAgeMs }, now);
      if (finding === 'kept') continue;
      if (finding === 'unknown' || compute.createdAt === null) {
        unknown += 1;
        continue;
      }
      const rules = policyFor(policy, hash, subject, now);
      if (rules.mode === 'off' || rules.protectedBy !== null || rules.exemption !== null) left += 1;
      else instances.push(compute);
    }
  });
  return { instances, unknown, left, olderThanMs: maxAgeMs };
}
