import { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import { MemoryHubStore } from '../../../src/local/durable/hub-store.ts';
import { ManagementApi } from '../../../src/local/durable/management-api.ts';
import type { Quirks } from '../../../src/local/durable/quirks.ts';
import { VirtualClock } from '../../../src/local/virtual-clock.ts';
import { GeneratedIds } from './generated-ids.ts';
import { playStep, responseOf } from './play-step.ts';
import { recordActivity, recordEpisode } from './record-invocation.ts';
import { watched, type RecordedApp } from './recorded-app.ts';
import type { RecordedCase, RecordedResponse, RecordedStep } from './recorded-case.ts';
import { ADDRESS, PUBLIC_ORIGIN, type Stage } from './stage.ts';
import { VirtualRun } from './virtual-run.ts';

/** Instances whose activity fails until a step of the case takes the cause away. */
const FLAGS_AT_THE_START = { rwf: true, rws: true, rwp: true };

type Episode = RecordedCase['episodes'][number];
type Activity = RecordedCase['activities'][number];

export type PlayedCase = Pick<RecordedCase, 'episodes' | 'activities' | 'final'> & {
  readonly steps: RecordedStep[];
};

/** Plays a recorded case on the embedded engine: the same steps at the same times, under a virtual clock. */
export async function playCase(
  recorded: RecordedCase,
  { app, controls }: RecordedApp,
  quirks: Quirks = {},
): Promise<PlayedCase> {
  const firstAt = recorded.steps.find((step) => step.at !== undefined)?.at ?? recorded.recordedAt;
  const clock = new VirtualClock(Date.parse(firstAt));
  const episodes: Episode[] = [];
  const activities: Activity[] = [];
  const watchedApp = watched(app, (request) =>
    app.functions.get(request.functionName)?.trigger.type === 'orchestrationTrigger'
      ? recordEpisode(request, episodes)
      : recordActivity(request, activities),
  );
  const engine = new DurableEngine({ app: watchedApp, store: new MemoryHubStore(), clock, quirks });
  const run = new VirtualRun(engine, clock);
  Object.assign(controls, { attempts: {}, flags: { ...FLAGS_AT_THE_START }, sleep: run.sleep });
  const ids = new GeneratedIds(recorded.episodes, episodes);

  const api = new ManagementApi(engine, ADDRESS);
  const steps: RecordedStep[] = [];
  const stage: Stage = { engine, api, clock, run, episodes, ids, controls };
  for (const step of recorded.steps) steps.push(await playStep(step, stage));

  const final: Record<string, RecordedResponse> = {};
  for (const id of Object.keys(recorded.final)) {
    const url = `${PUBLIC_ORIGIN}/runtime/webhooks/durabletask/instances/${encodeURIComponent(ids.playedFor(id))}?showHistory=true&showHistoryOutput=true&showInput=true&code=TESTKEY`;
    final[ids.playedFor(id)] = responseOf(await api.handle({ method: 'GET', url, headers: {}, body: null }));
  }
  return { steps, episodes, activities, final };
}
