import { jobsByCompute } from '../../core/activity/jobs.ts';
import type { ComputeRef } from '../../core/ids.ts';
import type { AttachableKind } from '../../core/policy/kinds.ts';
import type { AzureFailure, AzureResult } from '../../ports/azure.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';

/** Whether anything uses a target: only `unused` is a proof. */
export type UseProof =
  | { readonly kind: 'unused' }
  | { readonly kind: 'used'; readonly by: string }
  | { readonly kind: 'unread'; readonly message: string; readonly retryAt: number | null };

async function settled<T>(call: Promise<AzureResult<T>>): Promise<AzureResult<T>> {
  try {
    return await call;
  } catch (thrown) {
    return { ok: false, kind: 'failed', status: 0, ...faultOf(thrown) };
  }
}

const unread = (failure: AzureFailure): UseProof => ({
  kind: 'unread',
  message: faultOf(failure).message,
  retryAt: failure.kind === 'throttled' ? failure.retryAt : null,
});

const fewNames = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** Reads endpoints, deployments, services and jobs anew; what cannot be read proves nothing. */
export async function proveUnused(flow: Flow, ref: ComputeRef, kind: AttachableKind): Promise<UseProof> {
  const { attachments, jobs } = flow.ports;
  const [users, unfinished] = await Promise.all([
    settled(attachments.users(ref, kind)),
    settled(jobs.listUnfinished(ref)),
  ]);
  const running = unfinished.ok ? (jobsByCompute(unfinished.value).get(ref.compute.toLowerCase()) ?? []) : [];
  if (running.length > 0) return { kind: 'used', by: `job ${fewNames(running.map((job) => job.name))}` };
  if (users.ok && users.value.length > 0) {
    return { kind: 'used', by: fewNames(users.value.map(({ what, name }) => `${what} ${name}`)) };
  }
  if (!users.ok) return unread(users);
  return unfinished.ok ? { kind: 'unused' } : unread(unfinished);
}
