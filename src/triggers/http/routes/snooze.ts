import { z } from 'zod';
import { parseDuration } from '../../../core/policy/duration.ts';
import { endSnooze, snooze } from '../../../fleet/snooze.ts';
import { snoozeView } from '../../../present/json/compute-view.ts';
import { formatVersion, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route, type Route } from '../route.ts';
import { visibleCompute } from '../visible-compute.ts';

const duration = z
  .string()
  .max(32)
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    context.addIssue({ code: 'custom', message: 'expected a duration such as 2h or 1h30m' });
    return z.NEVER;
  })
  .meta({ description: 'Counted from now: 45m, 2h, 1h30m, 1d; at most what the policy allows' });

/** "Not now", and taking it back: by the owner or an admin. */
export const snoozes = ({ ports, settings }: AppDoors): readonly Route[] => {
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
        body: z.strictObject({ for: duration }),
        creates: true,
        usesDurable: true,
        answers: { status: 200, schema: z.object({ formatVersion, snooze: snoozeView }) },
      },
      async ({ params, body, caller, durable }) => {
        const decision = await visibleCompute(ports.ledger, settings.scope, caller, params);
        const by = caller.name ?? caller.objectId;
        const { at, until } = await snooze(flow, durable(), { decision, forMs: body.for, by });
        return answer(200, { formatVersion: 1, snooze: { at: instantOf(at), until: instantOf(until), by } });
      },
    ),
    route(
      {
        ...shape,
        name: 'httpSnoozeEnd',
        method: 'DELETE',
        summary: 'Ends the snooze: the compute is judged like any other again',
        answers: { status: 200, schema: z.object({ formatVersion, ended: z.boolean() }) },
      },
      async ({ params, caller }) => {
        await visibleCompute(ports.ledger, settings.scope, caller, params);
        const ended = await endSnooze(flow, params, caller.name ?? caller.objectId);
        return answer(200, { formatVersion: 1, ended });
      },
    ),
  ];
};
