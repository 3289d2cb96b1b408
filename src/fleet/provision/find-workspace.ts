import type { Workspace } from '../../core/computes.ts';
import { workspaceArmId, workspaceKey } from '../../core/ids.ts';
import type { FleetFacts } from './fleet-facts.ts';

export type FoundWorkspace =
  | { readonly kind: 'found'; readonly workspace: Workspace }
  | { readonly kind: 'missing' }
  /** Several bear the name: their ARM ids. */
  | { readonly kind: 'several'; readonly ids: readonly string[] };

/** The workspace of that name, in any casing, or of that ARM id, among those the deployment may touch. */
export async function findWorkspace(facts: FleetFacts, nameOrId: string): Promise<FoundWorkspace> {
  const wanted = nameOrId.toLowerCase().replace(/\/+$/, '');
  const found = (await facts.workspaces()).filter(
    (workspace) => workspace.workspace.toLowerCase() === wanted || workspaceKey(workspace) === wanted,
  );
  const [first] = found;
  if (first === undefined) return { kind: 'missing' };
  return found.length === 1
    ? { kind: 'found', workspace: first }
    : { kind: 'several', ids: found.map(workspaceArmId) };
}
