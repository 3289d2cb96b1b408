import { countDecidable } from '../../../core/activity/count-decidable.ts';
import { type Caller, isAdmin } from '../../../auth/caller.ts';
import { type NamedSpan, totalCost } from '../../../core/cost/total-cost.ts';
import { regretRate } from '../../../core/idle/regret.ts';
import { explain } from '../../../core/explain/explain.ts';
import type { WorkspaceRef } from '../../../core/ids.ts';
import { inParallel } from '../../../fleet/in-parallel.ts';
import { listAlerts } from '../../../ledger/alerts.ts';
import type { RecordedDecision } from '../../../ledger/decisions.ts';
import { readHalt } from '../../../ledger/flags.ts';
import { readWorkspaceSavings, type Saving } from '../../../ledger/savings.ts';
import { readLastFinishedSummary } from '../../../ledger/sweeps.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { addressOf, computeName } from '../../../present/json/compute-address.ts';
import type { ComputeKnowledge } from '../../../present/json/compute-view.ts';
import { instantOf, instantOrNull } from '../../../present/json/scalars.ts';
import { type SummaryView, summaryView } from '../../../present/json/summary-view.ts';
import type { AppDoors } from '../app-doors.ts';
import { readAgents } from '../read-agents.ts';
import { knownWorkspaces, readAtOnce, readWorkspaceComputes } from '../../../fleet/read-fleet.ts';
import { mayApprove } from '../visible-request.ts';
import { answer, route } from '../route.ts';
import { mayUse } from '../visible-compute.ts';

/** Beyond it a list is for `/api/computes?reason=keep.unknown`, not for a page at a glance. */
const blindSpotsShown = 50;
const alertsShown = 20;
const savingsNote =
  'List price of the hours that Lamplighter kept machines off; disk, public IP, load balancer and quota of a stopped instance stay.';

type Seen = { readonly computes: readonly ComputeKnowledge[]; readonly savings: readonly Saving[] };

const runs = (decision: RecordedDecision): boolean => decision.reason !== 'keep.not-running';
const isUnknown = (decision: RecordedDecision): boolean => decision.reason.startsWith('keep.unknown');
const isActive = (decision: RecordedDecision): boolean => decision.reason.startsWith('keep.active');
/** Warned, stopped, or kept only because mode or a brake stands in the way. */
const isIdle = (decision: RecordedDecision): boolean =>
  decision.action !== 'keep' ||
  decision.would !== undefined ||
  decision.reason === 'keep.warning-undelivered';
/** Its use was looked at; of a machine in mode off nothing is asked, so it is neither seen nor blind. */
const isAsked = (decision: RecordedDecision): boolean => runs(decision) && decision.evidence !== null;
const isDecidable = (decision: RecordedDecision): boolean => decision.evidence?.decidableBy !== 'neither';

async function readSeen(ledger: Ledger, workspace: WorkspaceRef, caller: Caller, now: number): Promise<Seen> {
  const own = { mayUse: (owner: Saving['owner']) => mayUse(caller, owner), wants: () => true };
  const [computes, savings] = await Promise.all([
    readWorkspaceComputes(ledger, workspace, own, now),
    readWorkspaceSavings(ledger, workspace),
  ]);
  return { computes, savings: savings.filter((saving) => mayUse(caller, saving.owner)) };
}

function countReasons(decisions: readonly RecordedDecision[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of decisions) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function savingsOf(savings: readonly Saving[], now: number): SummaryView['savings'] {
  const spans = savings.map(
    (saving): NamedSpan => ({
      name: computeName(saving.ref),
      fromAt: saving.stoppedAt,
      untilAt: saving.startedAt,
      pricePerHourUsd: saving.pricePerHourUsd,
    }),
  );
  const total = totalCost(spans, { fromAt: 0, toAt: now });
  return {
    stops: savings.length,
    hoursOff: total.hours,
    usd: total.usd,
    stopsWithoutPrice: savings.filter((saving) => saving.pricePerHourUsd === null).length,
    note: savingsNote,
  };
}

function regretsOf(savings: readonly Saving[], now: number): SummaryView['regrets'] {
  const past = savings.map(({ stoppedAt, regret }) => ({ stoppedAt, regrettedAt: regret?.at ?? null }));
  const rate = regretRate(past, now);
  return { ...rate, percent: rate.percent === null ? null : Math.round(10 * rate.percent) / 10, days: 30 };
}

const blindSpotOf = (decision: RecordedDecision): SummaryView['blindSpots'][number] => ({
  ...addressOf(decision.ref),
  sinceAt: instantOf(decision.sinceAt),
  because: decision.evidence?.unknownBecause ?? null,
  sentence: explain(decision),
});

/** The fleet at a glance, counted from the latest decisions: what can be judged at all comes first. */
export const readSummary = ({ ports: { ledger }, settings }: AppDoors) =>
  route(
    {
      name: 'httpSummary',
      method: 'GET',
      path: 'summary',
      access: 'signed-in',
      summary: 'How much of the fleet can be judged, what runs, is idle, was saved and regretted',
      answers: { status: 200, schema: summaryView },
    },
    async ({ caller, at }) => {
      const admin = isAdmin(caller);
      const workspaces = await knownWorkspaces(ledger, settings.scope);
      const seen = await inParallel(workspaces, readAtOnce, (ref) => readSeen(ledger, ref, caller, at));
      const [haltFlag, sweep, alerts, agents] = await Promise.all([
        readHalt(ledger),
        readLastFinishedSummary(ledger),
        admin ? listAlerts(ledger) : [],
        admin ? readAgents(ledger, workspaces, at) : null,
      ]);
      const computes = seen.flatMap((one) => one.computes);
      const decisions = computes.map((one) => one.decision);
      const savings = seen.flatMap((one) => one.savings);
      const running = decisions.filter(runs);
      const asked = running.filter(isAsked);
      const view: SummaryView = {
        formatVersion: 1,
        at: instantOf(at),
        you: { objectId: caller.objectId, name: caller.name, admin, approver: mayApprove(caller) },
        covers: admin ? 'all' : 'mine',
        computes: computes.length,
        running: running.length,
        asked: asked.length,
        decidable: asked.filter(isDecidable).length,
        decidableBy: countDecidable(asked.flatMap(({ evidence }) => evidence?.decidableBy ?? [])),
        agents,
        active: running.filter(isActive).length,
        idle: running.filter(isIdle).length,
        unknown: running.filter(isUnknown).length,
        warned: computes.filter((one) => one.warnings.length > 0).length,
        byReason: countReasons(decisions),
        halt:
          haltFlag?.halted === true
            ? { by: haltFlag.by, since: instantOf(haltFlag.at), why: haltFlag.why }
            : null,
        lastSweep:
          sweep === null
            ? null
            : {
                sweepId: sweep.sweepId,
                startedAt: instantOf(sweep.startedAt),
                finishedAt: instantOrNull(sweep.finishedAt),
                status: sweep.status,
                unreadableWorkspaces: sweep.faults.length,
              },
        savings: savingsOf(savings, at),
        regrets: regretsOf(savings, at),
        blindSpots: running.filter(isUnknown).slice(0, blindSpotsShown).map(blindSpotOf),
        alerts: alerts
          .slice(0, alertsShown)
          .map((alert) => ({ at: instantOf(alert.at), title: alert.title, sentence: alert.sentence })),
      };
      return answer(200, view);
    },
  );
