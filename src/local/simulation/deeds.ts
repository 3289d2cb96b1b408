import { formatDuration } from '../../core/policy/duration.ts';
import { release } from './admin-deeds.ts';
import { answered, done, inAzure, refused, type DeedOutcome } from './deed-outcome.ts';
import type { Life } from './life.ts';
import { askDoor, doorOf, type DoorAnswer } from './people.ts';
import { changeAttachment } from './attach-deeds.ts';
import { decideRequest, requestMachine, type SendKeyed } from './request-deeds.ts';
import { subjectOf } from './scenario/deeds.ts';
import type { ComputeName, Deed, TimedDeed } from './scenario/types.ts';
import type { Stage } from './stage.ts';
import type { Happening } from './timeline.ts';

/** What a deed may need besides the stage. */
export type DeedScene = {
  readonly life: () => Life;
  readonly crash: () => Promise<void>;
  /** Lets the process die at the next stop call for that compute. */
  readonly armCrash: (when: 'beforeStopCall' | 'afterStopCall', compute: ComputeName) => void;
};

const personal = (word: string): string => `person.${word}`;

/** Does one deed and says what came of it. Deeds of features that are not there yet never get here. */
export async function doDeed(stage: Stage, scene: DeedScene, timed: TimedDeed): Promise<Happening> {
  const { deed } = timed;
  const { action, ...told } = await performed(stage, scene, timed);
  const compute = 'compute' in deed && typeof deed.compute === 'string' ? { compute: deed.compute } : {};
  const request = isOfRequest(deed) ? { request: deed.id } : {};
  return { ...compute, ...request, action, ...told };
}

type Performed = DeedOutcome & { readonly action: string };

async function performed(stage: Stage, scene: DeedScene, timed: TimedDeed): Promise<Performed> {
  const { azure, now, outages } = stage;
  const { deed } = timed;
  switch (deed.do) {
    case 'snooze':
    case 'regret':
    case 'halt':
    case 'resume':
    case 'release':
      return { action: personal(deed.do), ...(await atTheDoor(stage, scene, timed, deed)) };
    case 'start':
    case 'stop':
    case 'restart':
    case 'delete': {
      const { compute, by, trigger } = deed;
      const act = { do: deed.do, ...named(deed), ...(by === null ? {} : { by }), trigger };
      const outcome = inAzure(
        () => azure.act(act),
        trigger === 'User'
          ? `${by ?? 'Somebody'} asks Azure to ${deed.do} ${compute}.`
          : `Azure does ${deed.do} ${compute} by itself (${trigger}).`,
      );
      return { action: personal(deed.do), ...outcome };
    }
    case 'create': {
      const { compute, by } = deed;
      stage.describe(compute);
      const act = { do: 'create', compute: compute.spec, ...(by === null ? {} : { by }) } as const;
      const outcome = inAzure(() => azure.act(act), `${by ?? 'Somebody'} creates ${compute.spec.name}.`);
      return { action: personal('create'), ...outcome };
    }
    case 'setPolicy':
      stage.setPolicy(deed.policy);
      return { action: 'person.setPolicy', ...done('The policy file changes.') };
    case 'outage': {
      const span = { fromAt: now, toAt: now + deed.forMs };
      if (deed.of === 'ledger' || deed.of === 'teams') outages.begin(deed.of, span.fromAt, span.toAt);
      else azure.outage({ of: deed.of, ...span });
      return { action: 'fate.outage', ...done(`Outage of ${deed.of} for ${formatDuration(deed.forMs)}.`) };
    }
    case 'throttle': {
      const retryAfterSeconds = Math.ceil(deed.retryAfterMs / 1000);
      azure.throttle({ of: deed.of, retryAfterSeconds, fromAt: now, toAt: now + deed.forMs });
      const sentence = `Calls to ${deed.of} are throttled for ${formatDuration(deed.forMs)}.`;
      return { action: 'fate.throttle', ...done(sentence) };
    }
    case 'skew':
      azure.skew({ of: deed.of, fromAt: now, byMs: deed.byMs });
      stage.skews.addSkew({ of: deed.of, fromAt: now, byMs: deed.byMs });
      return {
        action: 'fate.skew',
        ...done(`Times of ${deed.of} are wrong by ${formatDuration(deed.byMs)}.`),
      };
    case 'crash':
      if ('when' in deed) {
        scene.armCrash(deed.when, named(deed));
        const side = deed.when === 'beforeStopCall' ? 'before' : 'after';
        const sentence = `The process will die right ${side} its next call to stop ${deed.compute}.`;
        return { action: 'fate.crash', ...done(sentence) };
      }
      await scene.crash();
      return { action: 'fate.crash', ...done('The process dies and starts again.') };
    case 'request':
    case 'approve':
    case 'reject':
    case 'cancel': {
      const { by } = deed;
      const send: SendKeyed = (method, path, body, key) =>
        askDoor(stage.scenario, azure, scene.life().host, {
          by,
          method,
          path,
          ...(body === undefined ? {} : { body }),
          ...(key === undefined ? {} : { key }),
        });
      const outcome =
        deed.do === 'request'
          ? await requestMachine(stage, send, deed, keyOf(timed))
          : await decideRequest(stage, send, deed);
      return { action: personal(deed.do), ...outcome };
    }
    case 'attach':
    case 'detach':
    case 'reattach': {
      const { by } = deed;
      const send: SendKeyed = (method, path, body, key) =>
        askDoor(stage.scenario, azure, scene.life().host, {
          by,
          method,
          path,
          ...(body === undefined ? {} : { body }),
          ...(key === undefined ? {} : { key }),
        });
      return { action: personal(deed.do), ...(await changeAttachment(stage, send, deed, keyOf(timed))) };
    }
    case 'event': {
      const { type, copies, shuffled } = deed;
      azure.sendEvent({ ...named(deed), type, copies, shuffled });
      const sentence = `Event Grid sends an event of type ${type} about ${deed.compute}${copies > 1 ? `, ${copies} times` : ''}.`;
      return { action: 'fate.event', ...done(sentence) };
    }
    case 'accept':
    case 'consent':
      return { action: personal(deed.do), ...(await atTheDoor(stage, scene, timed, deed)) };
  }
}

const isOfRequest = (
  deed: Deed,
): deed is Extract<Deed, { do: 'request' | 'approve' | 'reject' | 'cancel' }> =>
  deed.do === 'request' || deed.do === 'approve' || deed.do === 'reject' || deed.do === 'cancel';
const keyOf = ({ index }: TimedDeed): string => `deed-${String(index).padStart(8, '0')}`;
const named = ({ compute, workspace }: ComputeName): ComputeName => ({
  compute,
  ...(workspace === undefined ? {} : { workspace }),
});

function untilIn({ json }: DoorAnswer): number | null {
  const { snooze } = json;
  const given = typeof snooze === 'object' && snooze !== null && 'until' in snooze ? snooze.until : null;
  return typeof given === 'string' ? Date.parse(given) : null;
}

async function atTheDoor(
  stage: Stage,
  scene: DeedScene,
  { index }: TimedDeed,
  deed: Extract<Deed, { do: 'snooze' | 'regret' | 'halt' | 'resume' | 'release' | 'accept' | 'consent' }>,
): Promise<DeedOutcome> {
  const { by } = deed;
  const send = (method: 'GET' | 'POST', path: string, body?: object, creates = false): Promise<DoorAnswer> =>
    askDoor(stage.scenario, stage.azure, scene.life().host, {
      by,
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(creates ? { key: `deed-${String(index).padStart(8, '0')}` } : {}),
    });
  switch (deed.do) {
    case 'halt':
      return answered(await send('POST', '/api/halt', {}), `${by} halts Lamplighter.`);
    case 'resume':
      return answered(await send('POST', '/api/resume'), `${by} lets Lamplighter go on.`);
    case 'release':
      return release(stage, send, by);
    case 'accept': {
      const open = stage.findings
        .of(deed.finding, subjectOf(deed))
        .findLast(({ fixedAt }) => fixedAt === null);
      if (open === undefined) return refused(`There is no open finding ${deed.finding} about that.`);
      const until = new Date(deed.until).toISOString();
      const answer = await send('POST', '/api/findings/accept', { findingId: open.findingId, until });
      return answered(answer, `${by} accepts ${deed.finding} until ${until}.`);
    }
    case 'consent': {
      const { finding, compute, until, withdraw } = deed;
      const open = stage.findings.of(finding, subjectOf(deed)).findLast(({ fixedAt }) => fixedAt === null);
      if (open === undefined) return refused(`There is no open finding ${finding} about ${compute}.`);
      const { findingId } = open;
      if (withdraw) {
        const answer = await send('POST', '/api/findings/consent-withdrawal', { findingId });
        return answered(answer, `${by} takes the consent to delete ${compute} back.`);
      }
      const answer = await send('POST', '/api/findings/consent', {
        findingId,
        compute,
        ...(until === null ? {} : { until: new Date(until).toISOString() }),
      });
      return answered(answer, `${by} consents that ${compute} is deleted.`);
    }
    case 'snooze':
    case 'regret': {
      const ref = stage.refOf(named(deed));
      if (ref === null) return refused(`There is no compute ${deed.compute}.`);
      if (deed.do === 'regret') {
        const sentence = `${by} says: I was using it.`;
        return answered(await send('POST', doorOf(ref, 'regret'), undefined, true), sentence);
      }
      const { forMs } = deed;
      const body = forMs === null ? { until: 'next-start' } : { for: `${Math.round(forMs / 1000)}s` };
      const answer = await send('POST', doorOf(ref, 'snooze'), body, true);
      const until = untilIn(answer);
      if (answer.ok && until !== null) stage.snoozed(ref, until);
      const length = forMs === null ? 'through the night' : `for ${formatDuration(forMs)}`;
      return answered(answer, `${by} says: not now, ${length}.`);
    }
  }
}
