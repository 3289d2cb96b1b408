import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { throughTheNight } from '../../../fleet/schedule/through-the-night.ts';
import { snooze } from '../../../fleet/snooze.ts';
import { readSnooze } from '../../../ledger/snoozes.ts';
import { snoozeView } from '../../../present/json/compute-view.ts';
import { formatVersion, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { admitToCompute } from '../own-compute.ts';
import { answer, route, type Route } from '../route.ts';
import { snoozeDuration } from '../snooze-duration.ts';
import { visibleCompute } from '../visible-compute.ts';

const snoozeLength = z
  .strictObject({
    for: snoozeDuration.optional(),
    until: z.literal('next-start').optional().meta({
      description:
        'Instead of "for": through the night, past the next stop of its schedules, until the start after it, or midnight where nothing starts',
    }),
  })
  .refine((given) => (given.for === undefined) !== (given.until === undefined), {
    error: 'expected either { "for": "2h" } or { "until": "next-start" }',
    path: ['for'],
  });

/** "Not now", and taking it back: by the owner or an admin. */
export const snoozes = (doors: AppDoors): readonly Route[] => {
  const { ports, settings } = doors;
  const flow = { ports, scope: settings.scope };
  const shape = {
    path: `${computePathTemplate}/snooze`,
    access: 'signed-in',
    params: computeParams,
  } as const;
  return [
    route(
      {
        ...shape,
        name: 'httpSnooze',
        method: 'POST',
        summary: 'Leaves the compute running for so long, whatever it does',
        body: snoozeLength,
        creates: true,
        usesDurable: true,
        answers: {
          status: 200,
          schema: z.object({
            formatVersion,
            snooze: snoozeView,
            withdrawn: z.number().int().meta({ description: 'Warnings that it took back' }),
            tooLate: z
              .boolean()
              .meta({ description: 'A stop had been asked for before; it may be started again' }),
            notice: z.string().nullable().meta({
              description:
                'What the snooze cannot hold off: Azure’s own idle shutdown, where it could not be put off',
            }),
          }),
        },
      },
      async ({ params, body, caller, at, durable }) => {
        await admitToCompute(doors, caller, params);
        const by = nameOf(caller);
        const { until, withdrawn, tooLate, notice } = await snooze(flow, durable(), {
          ref: params,
          forMs: body.for ?? (await throughTheNight(flow, params)),
          by,
        });
        return answer(200, {
          formatVersion: 1,
          snooze: { at: instantOf(at), until: instantOf(until), by },
          withdrawn: withdrawn.length,
          tooLate,
          notice,
        });
      },
    ),
    route(
      {
        ...shape,
        name: 'httpSnoozeEnd',
        method: 'DELETE',
        summary: 'Ends the snooze: the compute is judged like any other again',
        usesDurable: true,
        answers: { status: 200, schema: z.object({ formatVersion, ended: z.boolean() }) },
      },
      async ({ params, caller, at, durable }) => {
        await visibleCompute(ports.ledger, settings.scope, caller, params);
        const ended = (await readSnooze(ports.ledger, params, at)) !== null;
        if (ended) await snooze(flow, durable(), { ref: params, forMs: 0, by: nameOf(caller) });
        return answer(200, { formatVersion: 1, ended });
      },
    ),
  ];
};
