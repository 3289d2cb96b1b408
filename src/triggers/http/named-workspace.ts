import type { Workspace } from '../../core/computes.ts';
import type { FleetFacts } from '../../fleet/provision/fleet-facts.ts';
import { findWorkspace } from '../../fleet/provision/find-workspace.ts';
import { InvalidInput } from './invalid-input.ts';

/** The workspace that a body names. Throws `InvalidInput` where there is none, or are several. */
export async function namedWorkspace(facts: FleetFacts, nameOrId: string): Promise<Workspace> {
  const found = await findWorkspace(facts, nameOrId);
  if (found.kind === 'found') return found.workspace;
  const detail =
    found.kind === 'missing'
      ? 'Lamplighter looks after no workspace of this name or id'
      : `several have this name, so give the id: ${found.ids.join(', ')}`;
  throw new InvalidInput('body', [{ field: 'workspace', detail }]);
}
