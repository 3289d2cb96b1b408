import type { Workspace } from '../../core/computes.ts';
import { findWorkspace } from '../../fleet/provision/find-workspace.ts';
import type { FleetFacts } from '../../fleet/provision/fleet-facts.ts';
import { InvalidInput } from './invalid-input.ts';

/** The workspace of that name or ARM id. Throws `request.invalid` about the field `workspace` of that part of the request. */
export async function namedWorkspace(
  facts: FleetFacts,
  nameOrId: string,
  where: 'body' | 'query',
): Promise<Workspace> {
  const found = await findWorkspace(facts, nameOrId);
  if (found.kind === 'found') return found.workspace;
  const detail =
    found.kind === 'missing'
      ? 'Lamplighter looks after no workspace of this name or id'
      : `several have this name, so give the id: ${found.ids.join(', ')}`;
  throw new InvalidInput(where, [{ field: 'workspace', detail }]);
}
