import { guidOf, objectIdOf, subscriptionIdOf, expandResourceId } from './names.ts';
import { LamplighterError } from '../../core/errors.ts';
import { shutDownIfIdle } from './idle-shutdown.ts';
import { seedCompute } from './seed-compute.ts';
import { settle } from './state-machine.ts';
import { vmSizeCatalogue, type VmSizeRecord } from './vm-sizes.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type {
  ComputeSpec,
  EndpointSpec,
  QuotaSpec,
  ResourceSpec,
  SizeSpec,
  UserSpec,
  WorldSpec,
} from './world-spec.ts';

export type WorkspaceQuota = { readonly workspaceId: string; readonly family: string; limit: number };

/** Everything of a world that changes or was given, as plain JSON. */
export type WorldSnapshot = {
  readonly users: readonly UserSpec[];
  readonly sizes: readonly SizeSpec[];
  readonly quotas: QuotaSpec;
  readonly resources: readonly ResourceSpec[];
  readonly subscriptions: readonly { readonly id: string; readonly name: string }[];
  readonly workspaces: readonly Omit<WorkspaceRecord, 'computes'>[];
  readonly computes: readonly ComputeRecord[];
  readonly workspaceQuotas: readonly WorkspaceQuota[];
  readonly endpoints?: readonly EndpointSpec[];
  readonly missingSecrets?: readonly string[];
  readonly deniedActions?: readonly string[];
  readonly idleShutdown: NonNullable<WorldSpec['idleShutdown']>;
};

function rowOf(workspace: WorkspaceRecord): Omit<WorkspaceRecord, 'computes'> {
  const { key, id, subscriptionId, resourceGroup, name, location, kind, tags } = workspace;
  return { key, id, subscriptionId, resourceGroup, name, location, kind, tags };
}

function mistake(message: string, field: string): LamplighterError {
  return new LamplighterError(message, {
    code: 'world.invalid',
    fault: 'caller',
    field,
    fix: 'Mend the world it was made from.',
  });
}

/** The state of the simulated Azure. Computes come out settled: as they are at the time asked for. */
export class World {
  readonly workspaces = new Map<string, WorkspaceRecord>();
  readonly subscriptions = new Map<string, string>();
  readonly users = new Map<string, UserSpec>();
  readonly resources = new Map<string, ResourceSpec>();
  readonly workspaceQuotas: WorkspaceQuota[] = [];
  readonly sizes: ReadonlyMap<string, VmSizeRecord>;
  readonly quotas: QuotaSpec;
  readonly missingSecrets: ReadonlySet<string>;
  readonly deniedActions: readonly string[];
  readonly idleShutdown: NonNullable<WorldSpec['idleShutdown']>;
  readonly endpoints: readonly EndpointSpec[];
  readonly #extraSizes: readonly SizeSpec[];

  constructor(
    given: Pick<
      WorldSpec,
      | 'sizes'
      | 'quotas'
      | 'users'
      | 'resources'
      | 'endpoints'
      | 'missingSecrets'
      | 'deniedActions'
      | 'idleShutdown'
    >,
  ) {
    this.missingSecrets = new Set(given.missingSecrets);
    this.deniedActions = given.deniedActions ?? [];
    this.idleShutdown = given.idleShutdown ?? 'broken';
    this.endpoints = given.endpoints ?? [];
    this.#extraSizes = given.sizes ?? [];
    this.sizes = vmSizeCatalogue(this.#extraSizes);
    this.quotas = given.quotas ?? {};
    for (const user of given.users ?? []) this.addUser(user);
    for (const resource of given.resources ?? []) {
      this.resources.set(expandResourceId(resource.id).toLowerCase(), resource);
    }
  }

  static of(spec: WorldSpec): World {
    const world = new World(spec);
    for (const { name, subscription, resourceGroup, location, kind, tags } of spec.workspaces) {
      const subscriptionId = subscriptionIdOf(subscription);
      if (!world.subscriptions.has(subscriptionId)) world.subscriptions.set(subscriptionId, subscription);
      const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
      const key = id.toLowerCase();
      world.workspaces.set(key, {
        key,
        id,
        subscriptionId,
        resourceGroup,
        name,
        location,
        kind: kind ?? 'Default',
        tags: tags ?? {},
        computes: new Map(),
      });
    }
    for (const compute of spec.computes) world.addCompute(compute, spec.startAt);
    return world;
  }

  static restore(snapshot: WorldSnapshot): World {
    const world = new World(snapshot);
    for (const { id, name } of snapshot.subscriptions) world.subscriptions.set(id, name);
    for (const row of snapshot.workspaces) world.workspaces.set(row.key, { ...row, computes: new Map() });
    for (const record of structuredClone(snapshot.computes)) {
      world.workspaces.get(record.workspaceKey)?.computes.set(record.name.toLowerCase(), record);
    }
    world.workspaceQuotas.push(...structuredClone(snapshot.workspaceQuotas));
    return world;
  }

  snapshot(): WorldSnapshot {
    const workspaces = [...this.workspaces.values()];
    return structuredClone({
      users: [...this.users.values()],
      sizes: this.#extraSizes,
      quotas: this.quotas,
      resources: [...this.resources.values()],
      subscriptions: [...this.subscriptions].map(([id, name]) => ({ id, name })),
      workspaces: workspaces.map(rowOf),
      computes: workspaces.flatMap((workspace) => [...workspace.computes.values()]),
      workspaceQuotas: this.workspaceQuotas,
      missingSecrets: [...this.missingSecrets],
      deniedActions: this.deniedActions,
      idleShutdown: this.idleShutdown,
      endpoints: this.endpoints,
    });
  }

  addUser(user: UserSpec): void {
    this.users.set(objectIdOf(user.name), user);
  }

  /** The workspace of that name or ARM id. Throws `world.invalid` if there is none, or more than one of the name. */
  workspaceNamed(name: string): WorkspaceRecord {
    const found = [...this.workspaces.values()].filter(
      (workspace) =>
        workspace.name.toLowerCase() === name.toLowerCase() ||
        workspace.key === expandResourceId(name).toLowerCase(),
    );
    if (found.length === 1 && found[0] !== undefined) return found[0];
    throw mistake(
      found.length === 0
        ? `There is no workspace ${name} in this world.`
        : `${name} names ${found.length} workspaces: give the ARM id.`,
      'workspace',
    );
  }

  addCompute(spec: ComputeSpec, at: number): ComputeRecord {
    const workspace = this.workspaceNamed(spec.workspace);
    this.#checkLoads(spec);
    // Whoever is named here exists, listed or not; people who are gone are given by their object id.
    for (const name of [spec.user, spec.createdBy]) {
      if (
        typeof name === 'string' &&
        objectIdOf(name) !== name.toLowerCase() &&
        !this.users.has(objectIdOf(name))
      ) {
        this.addUser({ name });
      }
    }
    const record = seedCompute(spec, workspace, at);
    if (workspace.computes.has(spec.name.toLowerCase())) {
      throw mistake(`There are two computes ${spec.name} in workspace ${workspace.name}.`, 'computes');
    }
    workspace.computes.set(spec.name.toLowerCase(), record);
    return record;
  }

  /** A list of loads is one per core, or one per device: with another length its mean would be of another machine. */
  #checkLoads(spec: ComputeSpec): void {
    const size = this.sizes.get((spec.vmSize ?? '').toLowerCase());
    if (size === undefined) return;
    for (const { cpu, gpu } of spec.metrics ?? []) {
      if (Array.isArray(cpu) && cpu.length !== size.vCPUs) {
        throw mistake(`${spec.name} has ${size.vCPUs} cores, but cpu lists ${cpu.length}.`, 'metrics.cpu');
      }
      if (Array.isArray(gpu) && gpu.length !== size.gpus) {
        throw mistake(`${spec.name} has ${size.gpus} GPUs, but gpu lists ${gpu.length}.`, 'metrics.gpu');
      }
    }
  }

  put(record: ComputeRecord): void {
    this.workspaces.get(record.workspaceKey)?.computes.set(record.name.toLowerCase(), record);
  }

  /** Brings a compute up to `now`; false: it is gone by then. */
  #settled(record: ComputeRecord, now: number): boolean {
    if (!settle(record, now)) return false;
    if (this.idleShutdown === 'broken') return true;
    shutDownIfIdle(record, now);
    return settle(record, now);
  }

  computesOf(workspace: WorkspaceRecord, now: number): readonly ComputeRecord[] {
    const present: ComputeRecord[] = [];
    for (const [name, record] of workspace.computes) {
      if (this.#settled(record, now)) present.push(record);
      else workspace.computes.delete(name);
    }
    return present;
  }

  compute(workspace: WorkspaceRecord, name: string, now: number): ComputeRecord | undefined {
    const record = workspace.computes.get(name.toLowerCase());
    if (record === undefined || this.#settled(record, now)) return record;
    workspace.computes.delete(name.toLowerCase());
    return undefined;
  }

  /** By ARM id, or by name where only one compute bears it. Undefined if it is not there (any more). */
  find(nameOrId: string, now: number, workspaceName?: string): ComputeRecord | undefined {
    const wanted = expandResourceId(nameOrId).toLowerCase();
    const within =
      workspaceName === undefined ? [...this.workspaces.values()] : [this.workspaceNamed(workspaceName)];
    if (wanted.startsWith('/')) {
      const workspace = this.workspaces.get(wanted.replace(/\/computes\/[^/]+$/, ''));
      return workspace && this.compute(workspace, wanted.slice(wanted.lastIndexOf('/') + 1), now);
    }
    const found = within.flatMap((workspace) => this.compute(workspace, wanted, now) ?? []);
    if (found.length > 1) {
      throw mistake(`${nameOrId} names ${found.length} computes: give the workspace too.`, 'compute');
    }
    return found[0];
  }

  /** Instances bear names that are unique in a region over all workspaces. */
  nameTaken(name: string, location: string, now: number): boolean {
    for (const workspace of this.workspaces.values()) {
      if (workspace.location !== location) continue;
      const record = this.compute(workspace, name, now);
      if (record !== undefined && record.kind === 'ComputeInstance') return true;
    }
    return false;
  }

  workspaceGuid(workspace: WorkspaceRecord): string {
    return guidOf('workspace', workspace.key);
  }
}
