import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { parseDuration } from '../../../core/policy/duration.ts';
import { longestQuietMs } from '../../../fleet/metrics-window.ts';
import { sayStopAfterJob, unsayStopAfterJob } from '../../../fleet/stop-after-job/say-wish.ts';
import { readWish } from '../../../ledger/after-job-wishes.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import { wishView, wishViewOf } from '../../../present/json/wish-view.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { admitToCompute } from '../own-compute.ts';
import { answer, route, type Route } from '../route.ts';
import { usableInstance } from '../usable-instance.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

const duration = (leastMs: number, mostMs: number, words: string) =>
  z
    .string()
    .max(32)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== null && ms >= leastMs && ms <= mostMs) return ms;
      context.addIssue({ code: 'custom', message: `expected a duration from ${words}` });
      return z.NEVER;
    });

const body = z.strictObject({
  job: z
    .string()
    .regex(/^(?!\.)[-\w.]{1,255}$/, 'is not the name of a job')
    .optional()
    .meta({ description: 'A job on it that has not ended; left out: all of them' }),
  quietFor: duration(5 * minuteMs, longestQuietMs, '5m to 15m')
    .prefault('10m')
    .meta({ description: 'How long it has to be quiet after the job: 5m to 15m' }),
  for: duration(15 * minuteMs, 30 * dayMs, '15m to 30d')
    .prefault('7d')
    .meta({ description: 'How long the wish holds at most: 15m to 30d' }),
});

/** "Stop it when my job has ended, and tell me", and taking it back: by the owner or an admin. */
export const stopAfterJob = (doors: AppDoors): readonly Route[] => {
  const { ports, settings } = doors;
  const flow = { ports, scope: settings.scope };
  const shape = {
    path: `${computePathTemplate}/stop-after-job`,
    access: 'signed-in',
    params: computeParams,
  } as const;
  return [
    route(
      {
        ...shape,
        name: 'httpStopAfterJob',
        method: 'POST',
        summary:
          'Stops the instance once its job has ended and it has been quiet since; said again, the last word counts',
        body,
        creates: true,
        answers: { status: 200, schema: z.object({ formatVersion, stopAfterJob: wishView }) },
      },
      async ({ params, body: asked, caller }) => {
        const compute = await usableInstance(flow, caller, params);
        const wish = await sayStopAfterJob(flow, compute, {
          job: asked.job ?? null,
          quietForMs: asked.quietFor,
          forMs: asked.for,
          by: nameOf(caller),
        });
        return answer(200, { formatVersion: 1, stopAfterJob: wishViewOf(wish) });
      },
    ),
    route(
      {
        ...shape,
        name: 'httpStopAfterJobRead',
        method: 'GET',
        summary: 'The wish that was said last, and what became of it; null: none',
        answers: { status: 200, schema: z.object({ formatVersion, stopAfterJob: wishView.nullable() }) },
      },
      async ({ params, caller }) => {
        await admitToCompute(doors, caller, params);
        const stored = await readWish(ports.ledger, params);
        return answer(200, {
          formatVersion: 1,
          stopAfterJob: stored === null ? null : wishViewOf(stored.wish),
        });
      },
    ),
    route(
      {
        ...shape,
        name: 'httpStopAfterJobEnd',
        method: 'DELETE',
        summary: 'Takes the wish back: the instance is judged like any other again',
        usesDurable: true,
        answers: { status: 200, schema: z.object({ formatVersion, ended: z.boolean() }) },
      },
      async ({ params, caller, durable }) => {
        await admitToCompute(doors, caller, params);
        const by = { name: nameOf(caller), objectId: caller.objectId };
        const ended = await unsayStopAfterJob(flow, durable(), params, by);
        return answer(200, { formatVersion: 1, ended });
      },
    ),
  ];
};
