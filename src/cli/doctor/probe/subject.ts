import { inScope } from '../../../config/in-scope.ts';
import type { Compute, Workspace } from '../../../core/computes.ts';
import { LamplighterError } from '../../../core/errors.ts';
import type { WorkspaceRef } from '../../../core/ids.ts';
import { fewAtATime, inParallel } from '../../../fleet/in-parallel.ts';
import { isRunning } from '../../../fleet/readings.ts';
import type { CallersAzure } from '../../azure/callers-azure.ts';
import { locateCompute } from '../../azure/locate-compute.ts';

/** The workspace that the questions are put to, and its instances. */
export type ProbeSubject = {
  readonly workspace: WorkspaceRef;
  readonly location: string;
  readonly instances: readonly Compute[];
  /** The one to look at more closely; null: there is none. */
  readonly instance: Compute | null;
};

const isInstance = ({ kind }: Compute): boolean => kind.toLowerCase() === 'computeinstance';

/** A thin row says neither state nor kind’s own properties. */
async function whole(azure: CallersAzure, compute: Compute): Promise<Compute> {
  if (compute.state !== null) return compute;
  const got = await azure.ports.computes.get(compute.ref);
  return got.ok ? got.value : compute;
}

async function instancesOf(azure: CallersAzure, workspace: WorkspaceRef): Promise<readonly Compute[]> {
  const listed = await azure.ports.computes.list(workspace);
  return listed.ok ? inParallel(listed.value.filter(isInstance), fewAtATime, (one) => whole(azure, one)) : [];
}

const running = (instances: readonly Compute[]): number =>
  instances.filter(({ state }) => isRunning(state)).length;

/** The one that was named, else the workspace in which most instances run. Throws `cli.no-workspace`. */
export async function chooseSubject(azure: CallersAzure, named: string | undefined): Promise<ProbeSubject> {
  if (named !== undefined) {
    const { ref, location } = await locateCompute(azure, named);
    const instances = await instancesOf(azure, ref);
    const own = instances.find(({ ref: one }) => one.compute.toLowerCase() === ref.compute.toLowerCase());
    return { workspace: ref, location, instances, instance: own ?? null };
  }
  const lists = await inParallel(azure.scope.subscriptions, fewAtATime, async (id) => {
    const listed = await azure.ports.workspaces.list(id);
    return listed.ok ? listed.value.filter((one) => inScope(azure.scope, one)) : [];
  });
  const looked = await inParallel(lists.flat(), fewAtATime, async (workspace: Workspace) => ({
    workspace,
    instances: await instancesOf(azure, workspace),
  }));
  const [best] = looked.toSorted(
    (a, b) => running(b.instances) - running(a.instances) || b.instances.length - a.instances.length,
  );
  if (best === undefined) {
    throw new LamplighterError('There is no workspace that you see.', {
      code: 'cli.no-workspace',
      fault: 'caller',
      fix: 'Name subscriptions with --subscription, or ask for the role Reader on one with a workspace.',
    });
  }
  const { workspace, instances } = best;
  const instance = instances.find(({ state }) => isRunning(state)) ?? instances[0] ?? null;
  return { workspace, location: workspace.location, instances, instance };
}
