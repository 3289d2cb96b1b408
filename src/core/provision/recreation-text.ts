import { plainText } from '../explain/plain-text.ts';
import type { FailureCode } from '../policy/codes.ts';
import type { Machine } from './machine.ts';
import type { Recreation } from './recreation.ts';
import { agentAfter, failureWords } from './request-text.ts';

const whereOf = ({ ref }: Machine): string => `${ref.compute} in ${ref.workspace}`;
const said = (text: string): string => plainText(text, 300) || 'nothing';

/** What whoever agrees to it has to know before. */
export const recreationConsequence =
  'Files on the workspace share stay; the OS disk goes for good, with everything installed on it, /tmp and local files, and so do running kernels and terminals.';

const goalOf = (machine: Machine, { kind, snapshot }: Recreation): string =>
  kind === 'resize'
    ? `from ${snapshot.vmSize} to ${machine.vmSize}`
    : `as ${machine.vmSize}, with the newest image`;

export const recreatingText = (machine: Machine, recreation: Recreation): string =>
  `${whereOf(machine)} is being deleted and made again ${goalOf(machine, recreation)}; that takes about ten minutes. ${recreationConsequence}`;

export const recreatedText = (
  machine: Machine,
  recreation: Recreation,
  agentEnrolled: boolean | null,
): string => {
  const wasOff =
    recreation.state.toLowerCase() === 'stopped'
      ? ' It was stopped before and runs now: stop it if you do not need it yet.'
      : '';
  const lost =
    recreation.accepted.length === 0
      ? ''
      : ` As agreed it came back without: ${recreation.accepted.join(', ')}.`;
  const agent = machine.agent
    ? agentAfter(agentEnrolled)
    : ' If the session agent was on it, install it again by the line on the instance’s page.';
  const ssh =
    machine.sshPublicKey === null
      ? ''
      : ' SSH is on with the same key, but its host key and address are new: remove the old ones from known_hosts.';
  return `${whereOf(machine)} is there again as ${machine.vmSize}, with the same name, owner, tags, schedules and network. Install your packages and environments again, and should its applications ask for another sign-in, switch single sign-on on there.${agent}${ssh}${wasOff}${lost}`;
};

/** Nothing has been deleted: it is as it was. */
export const untouchedText = (machine: Machine, code: FailureCode, message: string): string =>
  `${whereOf(machine)} was not made anew: ${failureWords[code]}. Nothing has been deleted. ${message === '' ? '' : `What was seen: ${said(message)}`}`.trim();

export const backAgainText = (machine: Machine, code: FailureCode, message: string): string =>
  `${whereOf(machine)} could not be made in its new size: ${failureWords[code]}. It has been made again as ${machine.vmSize}, as it was before; the OS disk is new, files on the workspace share are there. Azure says: ${said(message)}`;

export const lostInstanceText = (machine: Machine, message: string): string =>
  `${whereOf(machine)} was deleted and could not be made again, in its old size ${machine.vmSize} neither: somebody has to make it by the settings that this request holds. Files on the workspace share are there. Azure says: ${said(message)}`;

export const notAsBeforeText = (machine: Machine, differences: readonly string[]): string =>
  `${whereOf(machine)} runs again as ${machine.vmSize}, but not as it was: ${differences.map((one) => plainText(one, 200)).join('; ')}. Somebody has to set that right.`;
