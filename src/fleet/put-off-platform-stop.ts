import { backstopStep, earliestPlatformStop } from '../core/findings/backstop.ts';
import { timeText } from '../core/explain/time-text.ts';
import type { ComputeRef } from '../core/ids.ts';
import { readBackstop } from '../ledger/backstops.ts';
import { isHalted } from '../ledger/flags.ts';
import { readObservation } from '../ledger/observations.ts';
import { faultOf } from './fault-of.ts';
import { writeIdleShutdown } from './findings/write-idle-shutdown.ts';
import type { Flow } from './flow.ts';
import { policiesForStop } from './policies-for-stop.ts';
import { statedPolicies } from './stated-policies.ts';

/**
 * Puts the platform's idle shutdown off where Lamplighter set it and its time could come before a snooze is over: at the
 * moment the snooze is written, since the next sweep may be too late. Returns what its owner has to know; null: nothing.
 * Never throws: the snooze holds against Lamplighter in any case, and the next sweep tries again.
 */
export async function putOffPlatformStop(
  flow: Flow,
  ref: ComputeRef,
  snoozedUntil: number,
): Promise<string | null> {
  const { ledger, clock } = flow.ports;
  let stopsAt: number | null = null;
  const notice = (why: string): string | null =>
    stopsAt === null || stopsAt >= snoozedUntil
      ? null
      : `Azure’s own idle shutdown may stop it from ${timeText(stopsAt, clock.now())} on, before the snooze is over: ${why}`;
  try {
    const own = await readBackstop(ledger, ref);
    if (own === null) return null;
    stopsAt = earliestPlatformStop(own);
    if (await isHalted(ledger)) return notice('Lamplighter is halted and changes nothing in Azure.');
    const got = await flow.ports.computes.get(ref);
    if (!got.ok) return notice(faultOf(got).message);
    const policies = await policiesForStop(flow);
    const stated = await statedPolicies(flow, got.value, policies);
    const { applies } = await readObservation(ledger, ref);
    const other = [...stated.map(({ mode }) => mode), applies?.mode ?? 'observe'].find(
      (mode) => mode !== 'enforce',
    );
    if (other !== undefined) return notice(`in mode ${other} Lamplighter changes nothing in Azure.`);
    const [inForce] = policies;
    const step = backstopStep({
      now: clock.now(),
      mode: 'enforce',
      backstopAfterMs: inForce?.policy.platform.backstopAfterMs ?? null,
      sweepEveryMs: inForce?.policy.sweep.everyMs ?? 0,
      warnMs: Math.max(...stated.map(({ idle }) => idle.warnMs)),
      isFree: stated.every(({ protectedBy, exemption }) => protectedBy === null && exemption === null),
      snoozedUntil,
      compute: got.value,
      own,
    });
    if (step === null || (await writeIdleShutdown(flow, ref, own, step))) return null;
    return notice('it could not be put off, which the next sweep tries again.');
  } catch (thrown) {
    return notice(faultOf(thrown).message);
  }
}
