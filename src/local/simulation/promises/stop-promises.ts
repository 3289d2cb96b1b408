import { formatDuration } from '../../../core/policy/duration.ts';
import type { PromiseName } from '../result.ts';
import type { StopCall } from './stop-call.ts';

/** What is wrong with the call; null: nothing. */
type Check = (call: StopCall) => string | null;

const needsIdleness = ({ decision }: StopCall): boolean =>
  decision?.reason === 'stop.owner-gone' ||
  decision?.reason === 'stop.idle' ||
  decision?.reason === 'stop.budget' ||
  decision?.reason === 'stop.schedule';
/** Every policy with a say has the schedule, and each of them stops what is in use. */
const evenIfActiveBySchedule = ({ schedules = [] }: StopCall): boolean =>
  schedules.length > 0 && schedules.every((schedule) => schedule?.evenIfActive === true);

const neverWhileActive: Check = (call) => {
  const { sight, decision, policies } = call;
  if (sight === null) return null;
  const [job] = sight.unfinishedJobs;
  if (job !== undefined) return `its job ${job} has not ended`;
  const evenIfActive =
    policies.length > 0 && policies.every((policy) => policy.maxUptime?.evenIfActive === true);
  if (decision?.reason === 'stop.max-uptime' && evenIfActive) return null;
  if (decision?.reason === 'stop.schedule' && evenIfActiveBySchedule(call)) return null;
  return sight.activity;
};

const unknownNeverStops: Check = (call) => {
  const { sight, policies, decision } = call;
  if (sight === null || !needsIdleness(call)) return null;
  const isShort = !(decision?.reason === 'stop.schedule' && evenIfActiveBySchedule(call));
  if (isShort && sight.minutes < sight.minutesWanted) {
    return `it has been up for ${sight.minutes} of the ${sight.minutesWanted} minutes that the rule asks for`;
  }
  for (const { idle } of policies) {
    const metrics = sight.coverage >= idle.minCoverage - 1e-9;
    const session = sight.sessionCoverage >= idle.minCoverage - 1e-9;
    const enough = { metrics: metrics || session, session, both: metrics && session }[idle.evidence];
    if (!enough) {
      return `metrics tell of ${percent(sight.coverage)} and reports of ${percent(sight.sessionCoverage)} of the window`;
    }
  }
  return null;
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const lookTwice: Check = ({ at, warning, read }) => {
  if (warning === null) return 'nobody was warned';
  if (warning.closed) return 'its warning had been withdrawn';
  const left = warning.deliveredAt + warning.warnMs - at;
  if (left > 0) return `its warning had ${formatDuration(left)} left`;
  const unread = (['state', 'jobs', 'metrics'] as const).filter((what) => !read[what]);
  return unread.length === 0 ? null : `${unread.join(', ')} not read again right before the call`;
};

const stopsOnce: Check = ({ state, stuck, warning }) => {
  if (state === 'Stopped' || (state === 'Stopping' && !stuck)) return `it was ${state} already`;
  return warning?.spent === true && !stuck ? 'its warning had led to a stop before' : null;
};

const leftAlone: Check = ({ at, policies, snoozedUntil }) => {
  if (snoozedUntil !== null && at < snoozedUntil)
    return `snoozed for another ${formatDuration(snoozedUntil - at)}`;
  for (const policy of policies) {
    if (policy.protectedBy !== null) return `protected by ${policy.protectedBy}`;
    if (policy.exemption !== null && at < policy.exemption.until) return 'exempt';
  }
  return null;
};

const onlyInEnforce: Check = ({ policies }) => {
  const other = policies.find((policy) => policy.mode !== 'enforce');
  return other === undefined ? null : `the mode is ${other.mode}`;
};

const haltHolds: Check = ({ halted }) => (halted ? 'Lamplighter is halted' : null);

const recordedBefore: Check = ({ at, decision }) => {
  if (decision === null) return 'the ledger holds no decision about it';
  if (decision.action !== 'stop') return `the ledger says ${decision.reason}`;
  return decision.at === at ? null : 'the ledger holds an older decision only';
};

/** The promises that one stop call may break, each with its check. */
export const stopPromises: readonly (readonly [PromiseName, Check])[] = [
  ['never-while-active', neverWhileActive],
  ['unknown-never-stops', unknownNeverStops],
  ['look-twice', lookTwice],
  ['stops-once', stopsOnce],
  ['protected-exempt-snoozed', leftAlone],
  ['writes-only-in-enforce', onlyInEnforce],
  ['halt-holds', haltHolds],
  ['recorded-before-acting', recordedBefore],
];
