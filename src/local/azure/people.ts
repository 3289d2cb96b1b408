import { act, force, type OperationTrigger, remove, type Outcome } from './state-machine.ts';
import { LamplighterError } from '../../core/errors.ts';
import { recordWrite } from './record-write.ts';
import { userPrincipal, azurePrincipal, type Principal } from './principal.ts';
import { attachedKinds, type ComputeSpec } from './world-spec.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord } from './compute-record.ts';

/** What somebody does in Azure, not through Lamplighter. `compute`: a name (with `workspace` where several bear it) or an ARM id. */
export type PersonsAct =
  | {
      readonly do: 'start' | 'stop' | 'restart' | 'delete' | 'detach';
      readonly compute: string;
      readonly workspace?: string;
      readonly by?: string;
      /** Of a start or stop that Azure does by itself; left out: User. */
      readonly trigger?: OperationTrigger;
    }
  | { readonly do: 'create' | 'attach'; readonly compute: ComputeSpec; readonly by?: string }
  /** Azure itself puts the instance into a state at once. */
  | { readonly do: 'force'; readonly compute: string; readonly workspace?: string; readonly state: string };

function named(parts: AzureParts, compute: string, workspace: string | undefined): ComputeRecord {
  const record = parts.world.find(compute, parts.clock.now(), workspace);
  if (record !== undefined) return record;
  throw new LamplighterError(`There is no compute ${compute} in this world now.`, {
    code: 'world.invalid',
    fault: 'caller',
    field: 'compute',
    fix: 'Name a compute that exists at that time.',
  });
}

/** Creating and attaching take effect at once here: a world's author says when the thing is there. */
function create(parts: AzureParts, spec: ComputeSpec, by: Principal): Outcome {
  const now = parts.clock.now();
  const attached = attachedKinds.some((kind) => kind === spec.kind);
  const born = {
    ...spec,
    sinceAt: spec.sinceAt ?? now,
    ...(attached
      ? { attachedAt: spec.attachedAt ?? now }
      : { createdAt: spec.createdAt ?? spec.sinceAt ?? now }),
    createdBy: spec.createdBy === undefined ? by.name : spec.createdBy,
  };
  const record = parts.world.addCompute(born, now);
  recordWrite(parts, { operation: attached ? 'attach' : 'create', record, by, now, effectAt: now });
  return { ok: true, doneAt: now };
}

/** Does it, if Azure lets them; scripted failures are for callers on the wire, not for these. */
export function actInAzure(parts: AzureParts, deed: PersonsAct): Outcome {
  const now = parts.clock.now();
  const by = 'by' in deed && deed.by !== undefined ? userPrincipal(deed.by) : azurePrincipal;
  switch (deed.do) {
    case 'create':
    case 'attach':
      return create(parts, deed.compute, by);
    case 'force': {
      const record = named(parts, deed.compute, deed.workspace);
      force(record, deed.state, now);
      return { ok: true, doneAt: now };
    }
    case 'start':
    case 'stop':
    case 'restart':
    case 'delete':
    case 'detach': {
      const record = named(parts, deed.compute, deed.workspace);
      const operation = deed.do;
      const outcome =
        operation === 'delete' || operation === 'detach'
          ? remove(record, operation === 'delete' ? 'Delete' : 'Detach', now)
          : act(record, operation, now, null, deed.trigger ?? 'User');
      if (outcome.ok) recordWrite(parts, { operation, record, by, now, effectAt: outcome.doneAt });
      return outcome;
    }
  }
}
