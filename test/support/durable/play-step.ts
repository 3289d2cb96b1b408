import type { ManagementResponse } from '../../../src/local/durable/management-answers.ts';
import { isClientStep, playClientStep } from './play-client-step.ts';
import type { RecordedCall, RecordedResponse, RecordedStep } from './recorded-case.ts';
import type { Stage } from './stage.ts';

/** A call of the management API reaches the hub this long after it was sent, ms; a start at once. */
const CALL_LATENCY_MS = 6;
/** How much later than recorded an awaited state may come, ms. */
const WAIT_GRACE_MS = 400;
/** How long a start-and-wait may take, ms. */
const LONGEST_CALL_MS = 30_000;

const PASSIVE_STEPS = new Set(['wait', 'waitEpisodes', 'sleep']);

/** Plays one recorded step and returns it with what came of it here. */
export async function playStep(step: RecordedStep, stage: Stage): Promise<RecordedStep> {
  if ('request' in step) return playCall(step, stage);
  if (isClientStep(step)) return playClientStep(step, stage);
  if (step.op === 'flag off') stage.controls.flags = {};
  if (step.at === undefined) {
    if (step.op === 'flag off') return step;
    throw new Error(`The driver does not know the step "${step.op}".`);
  }
  const atMs = Date.parse(step.at);
  const id = 'id' in step ? step.id : undefined;
  if (!PASSIVE_STEPS.has(step.op)) throw new Error(`The driver does not know the step "${step.op}".`);
  if (!('id' in step) || id === undefined) {
    await stage.run.advanceTo(atMs);
    return step;
  }
  const { n } = step;
  if (step.op === 'waitEpisodes' && n !== undefined) {
    const done = () =>
      stage.episodes.filter(({ instanceId }) => instanceId === stage.ids.playedFor(id)).length;
    await stage.run.advanceTo(atMs);
    return { ...step, id: stage.ids.playedFor(id), n: Math.min(n, done()) };
  }
  const statusNow = () => stage.engine.state.instances.get(stage.ids.playedFor(id))?.status;
  await stage.run.advanceTo(atMs);
  await stage.run.advanceUntil(() => statusNow() === step.runtimeStatus, stage.clock.now() + WAIT_GRACE_MS);
  return { ...step, id: stage.ids.playedFor(id), runtimeStatus: statusNow() };
}

async function playCall(step: RecordedCall, { api, clock, run }: Stage): Promise<RecordedStep> {
  const { method, url, headers, body } = step.request;
  const changes = method === 'POST' && !url.includes('/orchestrators/');
  await run.advanceTo(Date.parse(step.at) + (changes ? CALL_LATENCY_MS : 0));
  let answered = false;
  const call = api.handle({ method, url, headers, body: body ?? null }).finally(() => {
    answered = true;
  });
  await run.advanceUntil(() => answered, clock.now() + LONGEST_CALL_MS);
  return { ...step, response: responseOf(await call) };
}

/** An answer as the recordings have it. */
export function responseOf({ status, headers, body }: ManagementResponse): RecordedResponse {
  return { status, headers: { ...headers }, ...(body === null ? {} : { body: JSON.parse(body) as unknown }) };
}
