import { computeKey, type ComputeRef, shortHash } from '../../core/ids.ts';
import { recordDecision } from '../../ledger/decisions.ts';
import { readHalt } from '../../ledger/flags.ts';
import { readSavings } from '../../ledger/savings.ts';
import { putStart, readStart, type ScheduledStartRow } from '../../ledger/starts.ts';
import type { AzureResult } from '../../ports/azure.ts';
import type { StartInput } from '../../workflows/start.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { judge } from '../judge.ts';
import { openRequestAbout } from '../provision/open-request-about.ts';
import { type ComputeLook, lookAtCompute } from '../look-at-compute.ts';
import { policiesForStop } from '../policies-for-stop.ts';
import { isRunning } from '../readings.ts';
import { endSavingAt } from '../settle-savings.ts';
import { readTeams } from '../teams.ts';
import { alertOnce } from '../tell.ts';
import { budgetGuard } from './over-budget.ts';
import { decideStart, type DueStart } from './decide-start.ts';

/** `over`: there is nothing to start any more, or no longer by this schedule. */
export type StartStep =
  | { readonly kind: 'running' | 'over' }
  | { readonly kind: 'again'; readonly at: number };

/** Starting takes some three minutes. */
const confirmEveryMs = 30_000;
/** For so long an accepted start may not show in the state yet. */
const acceptedShowsMs = 3 * 60_000;
const settlesAgainMs = 60_000;
const retryMs = [5, 10, 20].map((minutes) => minutes * 60_000);
const alertFromAttempt = 3;

/** The same start is the same workflow, however often sweeps ask for it. */
export const startInstanceId = ({
  ref,
  schedule,
  startAt,
}: Pick<StartInput, 'ref' | 'schedule' | 'startAt'>): string =>
  `start-${shortHash(computeKey(ref), 16)}-${shortHash(`${schedule}|${startAt}`, 12)}`;

/** One step of a scheduled start: looks at everything anew, and asks Azure only if it is still owed. */
export async function startInstance(flow: Flow, input: StartInput): Promise<StartStep> {
  const { ledger, clock } = flow.ports;
  const now = clock.now();
  const known = await readStart(ledger, input.ref, input.schedule);
  const row: ScheduledStartRow =
    known?.startAt === input.startAt
      ? known
      : { ...input, requestedAt: null, acceptedAt: null, attempts: 0, doneAt: null };
  if (row.doneAt !== null) return { kind: 'running' };

  const policies = await policiesForStop(flow);
  const rules = policies.map(({ policy }) => policy);
  const look = await lookAtCompute(flow, input.ref, rules, now, false);
  if (look.kind === 'missing') return { kind: 'over' };
  if (look.kind === 'unreadable')
    return now < input.untilAt ? { kind: 'again', at: look.retryAt } : { kind: 'over' };
  const state = look.readings.compute.state?.toLowerCase() ?? '';
  if (isRunning(state)) return arrived(flow, row, look.readings.startedAt ?? now);
  if (state === 'starting') return { kind: 'again', at: now + confirmEveryMs };
  if (now >= input.untilAt) return { kind: 'over' };
  if (state !== 'stopped') return { kind: 'again', at: now + settlesAgainMs };
  if (row.acceptedAt !== null && now - row.acceptedAt < acceptedShowsMs) {
    return { kind: 'again', at: now + confirmEveryMs };
  }
  if (row.acceptedAt !== null) return failed(flow, row, input.ref, `its state is ${state} again`);
  const due = await stillDue(flow, input, look, policies);
  // It is about to be deleted and made again, by which it runs.
  if (due !== null && (await openRequestAbout(flow, input.ref))?.status === 'provisioning')
    return { kind: 'again', at: now + settlesAgainMs };
  return due === null ? { kind: 'over' } : ask(flow, row, due);
}

/** Every policy that has a say must owe this very start. */
async function stillDue(
  flow: Flow,
  { ref, schedule, startAt }: StartInput,
  look: Extract<ComputeLook, { kind: 'read' }>,
  policies: Awaited<ReturnType<typeof policiesForStop>>,
): Promise<DueStart | null> {
  const { ledger, clock } = flow.ports;
  const teams = await readTeams(
    flow,
    policies.map(({ policy }) => policy),
  );
  const halt = await readHalt(ledger);
  const [newest] = await readSavings(ledger, ref, 1);
  const owed = policies.map((policy) => {
    const by = { now: clock.now(), policy, teams, halt, tally: look.tally, budgets: null };
    const ledgerSays = { saving: newest?.saving ?? null, starts: [] };
    return decideStart(look.readings, judge(look.readings, by), by, ledgerSays);
  });
  const isSame = (due: DueStart | null): boolean =>
    due?.start.name === schedule && due.start.startAt === startAt;
  if (!owed.every(isSame)) return null;
  for (const { policy } of policies) if (await budgetGuard(flow, policy)(look.readings)) return null;
  return owed[0] ?? null;
}

async function ask(flow: Flow, row: ScheduledStartRow, { decision }: DueStart): Promise<StartStep> {
  const { ledger, clock, computes } = flow.ports;
  const { ref } = decision;
  await recordDecision(ledger, decision);
  const asked = { ...row, requestedAt: clock.now(), attempts: row.attempts + 1 };
  await putStart(ledger, asked);
  // A sweep takes it up again once somebody has resumed.
  if ((await readHalt(ledger))?.halted === true) return { kind: 'over' };
  let answer: AzureResult<'accepted'>;
  try {
    answer = await computes.start(ref);
  } catch (thrown) {
    answer = { ok: false, kind: 'unanswered', message: faultOf(thrown).message };
  }
  const now = clock.now();
  if (answer.ok) {
    await putStart(ledger, { ...asked, acceptedAt: now });
    return { kind: 'again', at: now + confirmEveryMs };
  }
  switch (answer.kind) {
    case 'missing':
      return { kind: 'over' };
    case 'throttled':
      return { kind: 'again', at: answer.retryAt };
    case 'unanswered':
      return { kind: 'again', at: now + settlesAgainMs };
    case 'forbidden':
    case 'conflict':
    case 'failed':
      return failed(flow, asked, ref, faultOf(answer).message);
  }
}

async function failed(
  flow: Flow,
  row: ScheduledStartRow,
  ref: ComputeRef,
  message: string,
): Promise<StartStep> {
  const { ledger, clock } = flow.ports;
  await putStart(ledger, { ...row, acceptedAt: null });
  if (row.attempts >= alertFromAttempt) {
    await alertOnce(flow, {
      alertId: startInstanceId({ ref, schedule: row.schedule, startAt: row.startAt }),
      code: 'start.failed',
      title: `${ref.compute} cannot be started`,
      sentence: `Schedule ${row.schedule} was to start ${ref.compute} in ${ref.workspace}, and after ${row.attempts} tries it does not run (${message}); it is tried again until its next stop.`,
    });
  }
  const waitMs = retryMs[Math.min(row.attempts, retryMs.length) - 1] ?? settlesAgainMs;
  return { kind: 'again', at: clock.now() + waitMs };
}

/** It runs: whatever stops it now, this start is done. The hours off end here, and nobody regretted anything. */
async function arrived(flow: Flow, row: ScheduledStartRow, startedAt: number): Promise<StartStep> {
  const { ledger, clock } = flow.ports;
  const [newest] = await readSavings(ledger, row.ref, 1);
  if (newest !== undefined && newest.saving.startedAt === null && startedAt > newest.saving.stopRequestedAt) {
    await endSavingAt(flow, newest, startedAt, false);
  }
  await putStart(ledger, { ...row, doneAt: clock.now() });
  return { kind: 'running' };
}
