import { z } from 'zod';
import { linkActionNames } from '../../../core/links/action-link.ts';
import { openLink, useLink } from '../../../fleet/use-link.ts';
import { formatVersion, instant, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { linkActions } from '../link-actions/link-actions.ts';
import { answer, route, type Route } from '../route.ts';
import { snoozeDuration } from '../snooze-duration.ts';

const sealed = z
  .string()
  .min(1)
  .max(2_000)
  .meta({ description: 'What follows ?act= in the link of a message' });
const action = z.enum(linkActionNames);

/** What links in messages lead to: reading one shows what would be done, and only sending it does that, once. */
export const links = (doors: AppDoors): readonly Route[] => {
  const flow = { ports: doors.ports, scope: doors.settings.scope };
  const actions = linkActions(doors);
  return [
    route(
      {
        name: 'httpLinksShow',
        method: 'GET',
        path: 'links',
        access: 'signed-in',
        summary: 'What the link of a message would do; it changes nothing',
        query: z.strictObject({ link: sealed }),
        usesDurable: true,
        answers: {
          status: 200,
          schema: z.object({
            formatVersion,
            action,
            title: z.string(),
            sentence: z.string(),
            confirm: z.string(),
            danger: z.boolean(),
            asks: z.enum(['duration', 'comment']).nullable(),
            expiresAt: instant,
          }),
        },
      },
      async ({ caller, query, at, durable }) => {
        const { link } = await openLink(flow, query.link, caller.objectId);
        const offer = await actions[link.action].show({ caller, link, at, durable });
        const expiresAt = instantOf(link.expiresAt);
        return answer(200, { formatVersion: 1, action: link.action, ...offer, expiresAt });
      },
    ),
    route(
      {
        name: 'httpLinksUse',
        method: 'POST',
        path: 'links',
        access: 'signed-in',
        summary: 'Does what the link of a message offers, once, if whoever sends it may do that',
        body: z.strictObject({
          link: sealed,
          for: snoozeDuration.optional(),
          until: z
            .literal('next-start')
            .optional()
            .meta({ description: 'In place of "for": through the night' }),
          comment: z.string().trim().min(1).max(500).optional(),
        }),
        usesDurable: true,
        answers: { status: 200, schema: z.object({ formatVersion, action, sentence: z.string() }) },
      },
      async ({ caller, body, at, durable }) => {
        const good = await openLink(flow, body.link, caller.objectId);
        const { link } = good;
        const answers = {
          forMs: body.for ?? null,
          throughTheNight: body.until !== undefined,
          comment: body.comment ?? null,
        };
        const sentence = await useLink(flow, good, caller.objectId, () =>
          actions[link.action].act({ caller, link, at, durable }, answers),
        );
        return answer(200, { formatVersion: 1, action: link.action, sentence });
      },
    ),
  ];
};
