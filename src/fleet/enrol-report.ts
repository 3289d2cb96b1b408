import { explain } from '../core/explain/explain.ts';
import { type AgentSettings, agentSettings } from '../core/session/agent-settings.ts';
import { admitReport, isRotationDue } from '../core/session/enrolment.ts';
import { mergeReports } from '../core/session/merge-reports.ts';
import { type ReportBody, sessionReportOf } from '../core/session/report-body.ts';
import type { RecordedDecision } from '../ledger/decisions.ts';
import { storeReport } from '../ledger/reports.ts';
import { readOpenWarningsOf } from '../ledger/warnings.ts';
import { parseCounted } from './enrol-refuse.ts';
import { changeEnrolment, knownAgent, type KnownAgent, type SignedRequest } from './enrol-signed.ts';
import type { Flow } from './flow.ts';
import { readPolicyInForce } from './policy-store.ts';

export type OpenWarningNotice = {
  readonly warningId: string;
  readonly stopDueAt: number;
  readonly sentence: string;
};
export type TakenReport = {
  readonly at: number;
  readonly rotateKey: boolean;
  readonly warning: OpenWarningNotice | null;
};

/** What the policy in force has an agent look for. */
export async function readAgentSettings(flow: Flow): Promise<AgentSettings> {
  return agentSettings((await readPolicyInForce(flow.ports.ledger)).policy);
}

/**
 * Takes what an agent saw as the compute's session report of this minute. `parse` turns the body into a report; what it
 * throws is counted and thrown on. Nothing is stored of a request that is refused.
 */
export async function takeReport(
  flow: Flow,
  request: SignedRequest,
  parse: (body: Uint8Array) => ReportBody,
): Promise<TakenReport> {
  const { ledger, clock } = flow.ports;
  const agent = await knownAgent(flow, 'report', request);
  const body = await parseCounted(flow, request.body, parse);
  const at = clock.now();
  const { ref } = agent.stored.enrolment;
  const seen = sessionReportOf(body, at);
  let report = seen;
  await changeEnrolment(flow, agent.stored, (enrolment) => {
    const admitted = admitReport(enrolment, agent.stamp.keyId, agent.stamp.counter, at);
    if (!admitted.ok) return admitted;
    report = mergeReports(enrolment.lastReport, seen);
    const agentVersion = body.agent ?? enrolment.agentVersion;
    return { ok: true, enrolment: { ...admitted.enrolment, lastReport: report, agentVersion } };
  });
  await storeReport(ledger, ref, report);
  return {
    at,
    rotateKey: isRotationDue(agent.key, at),
    warning: await openNotice(flow, agent),
  };
}

/** The warning that falls due first, for the last words on the machine itself. */
async function openNotice(flow: Flow, { stored, decision }: KnownAgent): Promise<OpenWarningNotice | null> {
  const open = await readOpenWarningsOf(flow.ports.ledger, stored.enrolment.ref);
  const due = open.flatMap(({ warning }) =>
    warning.stopDueAt === null ? [] : [{ warningId: warning.warningId, stopDueAt: warning.stopDueAt }],
  );
  const [first] = due.toSorted((one, other) => one.stopDueAt - other.stopDueAt);
  return first === undefined ? null : { ...first, sentence: sentenceOf(decision) };
}

const sentenceOf = (decision: RecordedDecision | null): string =>
  decision === null || decision.action === 'keep'
    ? 'Lamplighter is going to stop this machine.'
    : explain(decision);
