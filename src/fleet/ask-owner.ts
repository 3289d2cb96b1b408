import { shortHash, computeKey } from '../core/ids.ts';
import type { Observation } from '../ledger/observations.ts';
import type { Flow } from './flow.ts';
import type { Judgement } from './judge.ts';
import { linkFor } from './link-for.ts';
import { deliver, pagePathOf } from './tell.ts';

const questionOpenMs = 24 * 3_600_000;

/** Asks the owner of an instance that cannot be seen, once for each time of not knowing. In `observe` nobody is asked. */
export async function askOwner(
  flow: Flow,
  observation: Observation,
  judgement: Judgement,
  now: number,
): Promise<Observation> {
  const { decision, policy } = judgement;
  const tells = policy.mode === 'warn' || policy.mode === 'enforce';
  if (!tells || observation.askedAt !== null || observation.unknownSinceAt === null) return observation;
  const hours = Math.floor((now - observation.unknownSinceAt) / 3_600_000);
  const page = pagePathOf(decision.ref);
  const about = {
    subject: { kind: 'compute', ref: decision.ref, of: null },
    person: decision.owner?.objectId ?? null,
    expiresAt: now + questionOpenMs,
  } as const;
  const delivery = await deliver(flow, {
    id: `question-${shortHash(`${computeKey(decision.ref)}|${observation.unknownSinceAt}`, 16)}`,
    kind: 'question',
    to: decision.owner,
    compute: decision.ref,
    title: `${decision.ref.compute}: are you still using it?`,
    sentence: `It has been running for ${hours} h without anything that shows whether it is used, so it will not be stopped and goes on costing; stop it if you are done.`,
    links: [
      linkFor(flow, { ...about, label: 'Still using it', action: 'keep', otherwise: `${page}&do=snooze` }),
      linkFor(flow, { ...about, label: 'Stop it', action: 'stop', otherwise: page }),
      { label: 'Look at it', path: page },
    ],
  });
  return delivery.accepted ? { ...observation, askedAt: now } : observation;
}
