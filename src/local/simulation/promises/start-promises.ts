import type { PromiseName } from '../result.ts';
import type { StopCall } from './stop-call.ts';

/** What is known right before a call that asks Azure to start an instance. */
export type StartCall = Pick<StopCall, 'at' | 'decision' | 'policies'>;

type Check = (call: StartCall) => string | null;

const onlyInEnforce: Check = ({ policies }) => {
  const other = policies.find((policy) => policy.mode !== 'enforce');
  return other === undefined ? null : `the mode is ${other.mode}`;
};

const leftAlone: Check = ({ at, policies }) => {
  if (policies.some((policy) => policy.protectedBy !== null)) return 'it is protected';
  return policies.some(({ exemption }) => exemption !== null && at < exemption.until) ? 'it is exempt' : null;
};

const recordedBefore: Check = ({ at, decision }) => {
  if (decision?.action !== 'start') return `the ledger says ${decision?.reason ?? 'nothing'}`;
  return decision.at === at ? null : 'the ledger holds an older decision only';
};

/** The promises that one start by schedule may break; that a halt holds is checked with every write. */
export const startPromises: readonly (readonly [PromiseName, Check])[] = [
  ['writes-only-in-enforce', onlyInEnforce],
  ['protected-exempt-snoozed', leftAlone],
  ['recorded-before-acting', recordedBefore],
];
