import { nextSpend } from '../../core/cost/month-spend.ts';
import { computeKey, type ComputeRef } from '../../core/ids.ts';
import {
  type InventoryMachine,
  readWorkspaceInventory,
  type WorkspaceInventory,
  writeWorkspaceInventory,
} from '../../ledger/inventory.ts';
import { readSeenWorkspace } from '../../ledger/workspaces.ts';
import type { Flow } from '../flow.ts';
import { type InstanceReadings, isRunning, type WorkspaceReadings } from '../readings.ts';

const stoppedAtOf = ({ compute }: InstanceReadings): number | null =>
  compute.lastOperation?.name.toLowerCase() === 'stop' ? compute.lastOperation.at : null;

function machineOf(
  readings: InstanceReadings,
  before: InventoryMachine | undefined,
  lastSeenAt: number | null,
  now: number,
): InventoryMachine {
  const { compute, size } = readings;
  return {
    ref: compute.ref,
    owner: compute.owner,
    state: isRunning(compute.state) ? 'Running' : compute.state,
    vmSize: compute.vmSize,
    family: size?.family ?? before?.family ?? null,
    cores: size?.vCPUs ?? before?.cores ?? null,
    gpus: size?.gpus ?? before?.gpus ?? null,
    tags: compute.tags,
    spend: nextSpend(before?.spend ?? null, {
      now,
      isRunning: isRunning(compute.state),
      startedAt: readings.startedAt,
      stoppedAt: stoppedAtOf(readings),
      lastSeenAt: before === undefined ? null : lastSeenAt,
      pricePerHourUsd: size?.pricePerHourUsd ?? null,
    }),
    isGone: false,
  };
}

/** Of a deleted machine what it has cost this month stays; of one that could not be read, everything. */
function absent(
  machine: InventoryMachine,
  isThere: boolean,
  lastSeenAt: number | null,
  now: number,
): readonly InventoryMachine[] {
  if (isThere) return [machine];
  const spend = nextSpend(machine.spend, {
    now,
    isRunning: false,
    startedAt: null,
    stoppedAt: null,
    lastSeenAt,
    pricePerHourUsd: null,
  });
  return spend.hours === 0 ? [] : [{ ...machine, state: null, spend, isGone: true }];
}

/** Writes down what the workspace holds and has cost, for all that concerns the fleet as a whole. */
export async function noteInventory(
  flow: Flow,
  readings: WorkspaceReadings,
  now: number,
): Promise<WorkspaceInventory> {
  const { ledger } = flow.ports;
  const before = await readWorkspaceInventory(ledger, readings.ref);
  const lastSeenAt = (await readSeenWorkspace(ledger, readings.ref))?.seenAt ?? before?.readAt ?? null;
  const known = new Map(before?.machines.map((machine) => [computeKey(machine.ref), machine]));
  const seen = readings.instances.map((one) =>
    machineOf(one, known.get(computeKey(one.compute.ref)), lastSeenAt, now),
  );
  const read = new Set(seen.map(({ ref }) => computeKey(ref)));
  const listed = new Set<string>(readings.listed.map((ref) => computeKey(ref)));
  const rest = [...known]
    .filter(([key]) => !read.has(key))
    .flatMap(([key, machine]) => absent(machine, listed.has(key), lastSeenAt, now));
  const others = new Set<string>(readings.others.map((compute) => computeKey(compute.ref)));
  const unread = readings.listed
    .map((ref) => computeKey(ref))
    .filter((key) => !read.has(key) && !known.has(key) && !others.has(key));
  const inventory: WorkspaceInventory = {
    workspace: readings.ref,
    location: readings.location,
    readAt: now,
    machines: [...seen, ...rest],
    unread: unread.length,
  };
  await writeWorkspaceInventory(ledger, inventory, before);
  return inventory;
}

/**
 * Writes down one instance as a look between two sweeps found it; `readings` null: it is there no more. What it has cost is
 * counted by sweeps.
 */
export async function noteMachine(
  flow: Flow,
  ref: ComputeRef,
  readings: InstanceReadings | null,
  now: number,
): Promise<void> {
  const { ledger } = flow.ports;
  const before = await readWorkspaceInventory(ledger, ref);
  // Of a workspace that no sweep has seen, one machine says nothing.
  if (before === null) return;
  const own = before.machines.find((machine) => computeKey(machine.ref) === computeKey(ref));
  const others = before.machines.filter((machine) => machine !== own);
  const gone = own === undefined || own.spend === null ? [] : [{ ...own, state: null, isGone: true }];
  const seen =
    readings === null
      ? gone
      : [
          {
            ...machineOf(readings, own, null, now),
            spend: own?.spend ?? null,
          },
        ];
  await writeWorkspaceInventory(ledger, { ...before, machines: [...others, ...seen] }, before);
}
