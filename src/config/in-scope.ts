import type { WorkspaceRef } from '../core/ids.ts';
import type { Scope } from './settings.ts';

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whether the deployment may look at this workspace; ARM names compare without casing. */
export function inScope(scope: Scope, ref: WorkspaceRef): boolean {
  if (!scope.subscriptions.includes(ref.subscriptionId)) return false;
  return (
    scope.workspaces === null ||
    scope.workspaces.some(
      (one) =>
        (one.subscriptionId === null || one.subscriptionId === ref.subscriptionId) &&
        same(one.resourceGroup, ref.resourceGroup) &&
        same(one.workspace, ref.workspace),
    )
  );
}
