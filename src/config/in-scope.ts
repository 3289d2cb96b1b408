import { sameName, type WorkspaceRef } from '../core/ids.ts';
import type { Scope } from './settings.ts';

/** Whether the deployment may look at this workspace; ARM names compare without casing. */
export function inScope(scope: Scope, ref: WorkspaceRef): boolean {
  if (!scope.subscriptions.includes(ref.subscriptionId)) return false;
  return (
    scope.workspaces === null ||
    scope.workspaces.some(
      (one) =>
        (one.subscriptionId === null || one.subscriptionId === ref.subscriptionId) &&
        sameName(one.resourceGroup, ref.resourceGroup) &&
        sameName(one.workspace, ref.workspace),
    )
  );
}
