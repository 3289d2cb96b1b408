import { addDecidable, noneDecidable } from '../core/activity/count-decidable.ts';
import { LamplighterError } from '../core/errors.ts';
import { dropCandidates, writeCandidates } from '../ledger/candidates.ts';
import { readHalt } from '../ledger/flags.ts';
import { type BlindSpot, isLatestSweep, type WorkspaceFault } from '../ledger/sweeps.ts';
import { type SeenWorkspace, writeSeenWorkspaces } from '../ledger/workspaces.ts';
import { noteAttachments } from './attachments/review-attachments.ts';
import { evaluateWorkspace, type WorkspaceTally } from './evaluate-workspace.ts';
import { faultOf } from './fault-of.ts';
import { findInWorkspace } from './findings/find-in-workspace.ts';
import { noteInventory } from './findings/note-inventory.ts';
import type { Flow } from './flow.ts';
import { fewAtATime, inParallel } from './in-parallel.ts';
import { judge } from './judge.ts';
import { lookAtWorkspaces, type WorkspaceLook } from './look-at-workspaces.ts';
import type { WorkspaceGroup } from './plan-sweep.ts';
import { readPolicy } from './policy-store.ts';
import { readUsedUpBudgets } from './quota/used-up-budgets.ts';
import type { WorkspaceReadings } from './readings.ts';
import { readTeams } from './teams.ts';

export type EvaluateGroupInput = {
  readonly sweepId: string;
  readonly policyHash: string;
  readonly group: WorkspaceGroup;
  /** Until when this sweep waits for what is throttled. */
  readonly waitUntilAt: number;
};

/** Counts only: candidates are in the ledger, so that a large fleet does not swell the workflow's history. */
export type GroupOutcome = Omit<WorkspaceTally, 'candidates' | 'judged'> & {
  readonly superseded: boolean;
  readonly blindSpotCount: number;
  readonly candidates: number;
  readonly faults: readonly WorkspaceFault[];
  /** What is to be looked at once more in this sweep. */
  readonly again: { readonly group: WorkspaceGroup; readonly retryAt: number } | null;
};

const shownBlindSpots = 20;
const soonestAgainMs = 5_000;
const ledgerAgainMs = 15_000;

const nothing: GroupOutcome = {
  superseded: false,
  instances: 0,
  running: 0,
  asked: 0,
  decidable: 0,
  decidableBy: noneDecidable,
  byReason: {},
  withdrawn: 0,
  undelivered: 0,
  blindSpots: [],
  blindSpotCount: 0,
  candidates: 0,
  faults: [],
  again: null,
};

/** One group of workspaces of a sweep. Never throws: one group that fails must not take the sweep with it. */
export async function evaluateGroup(flow: Flow, input: EvaluateGroupInput): Promise<GroupOutcome> {
  try {
    if (!(await isLatestSweep(flow.ports.ledger, input.sweepId))) return { ...nothing, superseded: true };
    return await evaluate(flow, input);
  } catch (thrown) {
    const retryAt = flow.ports.clock.now() + ledgerAgainMs;
    const passing = thrown instanceof LamplighterError && thrown.retryable && retryAt <= input.waitUntilAt;
    if (passing) return { ...nothing, again: { group: input.group, retryAt } };
    const { subscriptionId, workspaces } = input.group;
    const fault = faultOf(thrown);
    return {
      ...nothing,
      faults: workspaces.map((workspace) => ({ workspace, subscriptionId, ...fault })),
    };
  }
}

/** What each workspace holds and has cost comes first: budgets are judged by this sweep's look. Returns those noted. */
async function noteAll(
  flow: Flow,
  read: readonly WorkspaceReadings[],
  now: number,
  onFault: (readings: WorkspaceReadings, thrown: unknown) => void,
): Promise<readonly WorkspaceReadings[]> {
  const noted = await inParallel(read, fewAtATime, async (readings) => {
    try {
      await noteInventory(flow, readings, now);
      return [readings];
    } catch (thrown) {
      if (thrown instanceof LamplighterError && thrown.code === 'ledger.unavailable') throw thrown;
      onFault(readings, thrown);
      return [];
    }
  });
  return noted.flat();
}

async function evaluate(flow: Flow, input: EvaluateGroupInput): Promise<GroupOutcome> {
  const { ledger, clock } = flow.ports;
  const { group } = input;
  const now = clock.now();
  const policy = await readPolicy(ledger, input.policyHash);
  const teams = await readTeams(flow, [policy.policy]);
  const halt = await readHalt(ledger);
  const unbudgeted = { now, policy, teams, halt, budgets: null };
  const looks = await lookAtWorkspaces(flow, group, {
    now,
    policies: [policy.policy],
    waitUntilAt: input.waitUntilAt,
    isSurelyActive: (readings) => {
      const { verdict } = judge(readings, { ...unbudgeted, tally: { stops: 0, regrets: 0 } });
      return verdict?.activity === 'active';
    },
  });

  const faults: WorkspaceFault[] = [];
  const tallies: WorkspaceTally[] = [];
  const read = looks.flatMap((look) => (look.kind === 'read' ? [look.readings] : []));
  await dropCandidates(
    ledger,
    input.sweepId,
    read.map(({ ref }) => ref),
  );
  const noted = await noteAll(flow, read, now, (readings, thrown) => {
    faults.push({ workspace: readings.ref, subscriptionId: group.subscriptionId, ...faultOf(thrown) });
  });
  const seenNow = noted.map(({ ref }) => ref);
  const by = { ...unbudgeted, budgets: await readUsedUpBudgets(flow, policy, seenNow) };
  await inParallel(noted, fewAtATime, async (readings) => {
    try {
      const tally = await evaluateWorkspace(flow, readings, by);
      await writeCandidates(ledger, input.sweepId, tally.candidates);
      tallies.push(tally);
      await findInWorkspace(flow, readings, tally.judged, { ...by, sweepId: input.sweepId });
      await noteAttachments(flow, readings.ref, readings.others, by.policy, now);
    } catch (thrown) {
      if (thrown instanceof LamplighterError && thrown.code === 'ledger.unavailable') throw thrown;
      faults.push({ workspace: readings.ref, subscriptionId: group.subscriptionId, ...faultOf(thrown) });
    }
  });
  await writeSeenWorkspaces(
    ledger,
    read.map(
      ({ ref, computes }): SeenWorkspace => ({ ref, location: group.location, seenAt: now, computes }),
    ),
  );

  const { again, failed } = sortOut(looks, input, now);
  const blindSpots: BlindSpot[] = tallies.flatMap((tally) => tally.blindSpots);
  return {
    superseded: false,
    instances: sum(tallies, (tally) => tally.instances),
    running: sum(tallies, (tally) => tally.running),
    asked: sum(tallies, (tally) => tally.asked),
    decidable: sum(tallies, (tally) => tally.decidable),
    decidableBy: addDecidable(tallies.map((tally) => tally.decidableBy)),
    byReason: addReasons(tallies.map((tally) => tally.byReason)),
    withdrawn: sum(tallies, (tally) => tally.withdrawn),
    undelivered: sum(tallies, (tally) => tally.undelivered),
    blindSpots: blindSpots.toSorted((a, b) => a.sinceAt - b.sinceAt).slice(0, shownBlindSpots),
    blindSpotCount: blindSpots.length,
    candidates: sum(tallies, (tally) => tally.candidates.length),
    faults: [...faults, ...failed],
    again,
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

export function addReasons(
  counts: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (const count of counts) {
    for (const [reason, number] of Object.entries(count)) total[reason] = (total[reason] ?? 0) + number;
  }
  return total;
}

/** Throttled workspaces are looked at again soon if Azure says so, else by the next sweep. */
function sortOut(
  looks: readonly WorkspaceLook[],
  input: EvaluateGroupInput,
  now: number,
): { readonly again: GroupOutcome['again']; readonly failed: readonly WorkspaceFault[] } {
  const { subscriptionId } = input.group;
  const failed: WorkspaceFault[] = [];
  const later: { readonly ref: WorkspaceGroup['workspaces'][number]; readonly retryAt: number }[] = [];
  for (const look of looks) {
    if (look.kind === 'read') continue;
    if (look.kind === 'throttled' && look.retryAt <= input.waitUntilAt) {
      later.push(look);
      continue;
    }
    const code = look.kind === 'throttled' ? 'azure.throttled' : look.code;
    failed.push({ workspace: look.ref, subscriptionId, code, message: look.message });
  }
  if (later.length === 0) return { again: null, failed };
  return {
    again: {
      group: { ...input.group, workspaces: later.map((one) => one.ref) },
      retryAt: Math.max(...later.map((one) => one.retryAt), now + soonestAgainMs),
    },
    failed,
  };
}
