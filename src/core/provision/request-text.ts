import { usdText } from '../cost/money.ts';
import { timeText } from '../explain/time-text.ts';
import { plainText } from '../explain/plain-text.ts';
import type { FailureCode } from '../policy/codes.ts';
import type { ApprovalStage } from './approval-stages.ts';
import type { Machine } from './machine.ts';
import type { Refusal } from './refusal.ts';

const nameOf = (machine: Machine): string => `${machine.ref.compute} (${machine.vmSize})`;
const priceText = (usdPerHour: number | null): string =>
  usdPerHour === null ? 'at a price that Azure does not say' : `at ${usdText(usdPerHour)} an hour`;

export const refusedText = (refusals: readonly Refusal[]): string =>
  `Refused: ${refusals.map(({ detail }) => detail.replace(/\.$/, '')).join('; ')}.`;

export const awaitingText = (
  machine: Machine,
  because: readonly string[],
  usdPerHour: number | null,
): string =>
  `${nameOf(machine)} in ${machine.ref.workspace}, ${priceText(usdPerHour)}, waits for approval: ${because.join(', and ')}.${agentBefore(machine)}`;

const hoursOf = (ms: number): string => `${Math.max(1, Math.round(ms / 3_600_000))} h`;

/** To whoever may decide, after the request's own sentence. */
export const decideByText = (
  stage: ApprovalStage,
  waitedMs: number,
  expiresAt: number,
  now: number,
): string => {
  const by = timeText(expiresAt, now);
  switch (stage) {
    case 'ask':
      return `Without a decision it expires at ${by}.`;
    case 'reminder':
      return `It has waited for ${hoursOf(waitedMs)}; without a decision it expires at ${by}.`;
    case 'escalation':
      return `Nobody has decided for ${hoursOf(waitedMs)}, so it is now a matter for the admins; without a decision it expires at ${by}.`;
  }
};

/** To whoever asked, and whom it is for. */
export const escalatedText = (machine: Machine, waitedMs: number, expiresAt: number, now: number): string =>
  `${nameOf(machine)} still waits for approval: nobody has decided for ${hoursOf(waitedMs)}, so the admins have been told. Without a decision it expires at ${timeText(expiresAt, now)}; nothing needs doing on your side.`;

export function expiredText(agreed: number, approvers: number, waitedMs: number): string {
  const what = agreed === 0 ? 'Nobody decided' : `Only ${agreed} of ${approvers} approvals came`;
  return `${what} within ${hoursOf(waitedMs)}, so the request has expired and nothing was made; ask again if you still need the machine.`;
}

export const provisioningText = (machine: Machine): string =>
  `${nameOf(machine)} is being made in ${machine.ref.workspace}; that takes about five minutes.${agentBefore(machine)}`;

export const failureWords: Readonly<Record<FailureCode, string>> = {
  'fail.setup': 'its setup script or its first start failed, so look at the script, and ask again',
  'fail.create': 'Azure would not make it',
  'fail.capacity':
    'Azure has no machines of this size to spare in the region; another size or region may have some',
  'fail.azure-quota': 'the quota was taken by somebody else meanwhile; make room, or ask for more quota',
  'fail.timeout': 'it did not come to Running in time',
  'fail.in-use': 'the old one was in use when its turn came',
  'fail.changed': 'the old one had been changed or replaced meanwhile',
  'fail.delete': 'Azure would not delete the old one',
};

export const failedText = (machine: Machine, code: FailureCode, azureText: string): string =>
  `${nameOf(machine)} was not made: ${failureWords[code]}. Nothing of it is left. Azure says: ${plainText(azureText, 300) || 'nothing'}`;

export const needsPersonText = (machine: Machine, why: string, azureText: string): string =>
  `${machine.ref.compute} in ${machine.ref.workspace} was not made as it should be (${why}), and what is left of it could not be deleted: somebody has to delete it in Azure. Azure says: ${plainText(azureText, 300) || 'nothing'}`;

/** What an assigned user has to be allowed in Azure, and what for. */
const actionWords: Readonly<Record<string, string>> = {
  'start/action': 'start it',
  'stop/action': 'stop it',
  'restart/action': 'restart it',
  'applicationaccess/action': 'open its applications',
};

export const computeActions = Object.keys(actionWords).map(
  (action) => `Microsoft.MachineLearningServices/workspaces/computes/${action}`,
);

export function missingText(missing: readonly string[] | null): string {
  if (missing === null) return ' Whether its user may start and open it in Azure could not be checked.';
  if (missing.length === 0) return '';
  const words = missing.map((action) => actionWords[action.split('/computes/')[1] ?? ''] ?? action);
  return ` Its user may not yet ${words.join(', ')}: an Azure admin has to assign a role with ${missing.join(', ')}, for instance AzureML Data Scientist, on the workspace.`;
}

/** What a setup script does to an instance made on behalf of somebody, as Azure documents it. */
const agentBefore = ({ agent }: Machine): string =>
  agent
    ? ' A setup script brings the session agent onto it, and Azure keeps single sign-on off until its user enables it.'
    : '';

export function agentAfter(enrolled: boolean | null): string {
  if (enrolled === null) return '';
  const reports = enrolled
    ? ' The session agent is on it and says whether it is in use.'
    : ' The session agent has not reported in; its user can install it by the line on the instance’s page.';
  return `${reports} Because of the setup script single sign-on is off: its user enables it in Azure ML studio, in the details of the instance, before anything that asks for their identity works.`;
}

export function completedText(
  machine: Machine,
  missing: readonly string[] | null,
  agentEnrolled: boolean | null = null,
): string {
  const ssh =
    machine.sshPublicKey === null
      ? ' SSH is off, and Azure can switch it on only when a machine is made.'
      : ' SSH is on, with the key of the request; its address is in Azure ML studio.';
  const signOn =
    agentEnrolled === null
      ? ' Should its applications ask for another sign-in, switch single sign-on on there: only its user can.'
      : '';
  return `${nameOf(machine)} is running in ${machine.ref.workspace}: open it in Azure ML studio under Compute.${signOn} Keep files on the workspace share, since only that survives a deletion.${ssh}${agentAfter(agentEnrolled)}${missingText(missing)}`;
}
