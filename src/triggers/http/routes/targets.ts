import { z } from 'zod';
import { inScope } from '../../../config/in-scope.ts';
import { computeKey } from '../../../core/ids.ts';
import { computeTargets } from '../../../core/targets/catalogue.ts';
import { duplicatesAmong } from '../../../core/targets/attachment-duplicates.ts';
import { readAttachmentIndex } from '../../../ledger/attachment-index.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import {
  computeAddress,
  formatVersion,
  instant,
  instantOf,
  instantOrNull,
} from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

const targetView = z.object({
  kind: z.string(),
  title: z.string(),
  managed: z.boolean(),
  training: z.string(),
  inference: z.string(),
  attachable: z.boolean(),
  because: z.string().nullable().meta({ description: 'Why it cannot be attached' }),
  rules: z.array(z.string()),
  retired: z.boolean(),
});
const attachmentView = z.object({
  compute: computeAddress,
  kind: z.string(),
  resourceId: z.string().nullable(),
  namespace: z.string().nullable(),
  attachedAt: instant.nullable(),
  seenAt: instant,
  duplicateOf: computeAddress.nullable().meta({ description: 'The first attachment of the same resource' }),
});

/** What computes there can be, and what is attached in the whole fleet. */
export const targets = ({ ports, settings }: AppDoors): readonly Route[] => [
  route(
    {
      name: 'httpTargets',
      method: 'GET',
      path: 'targets',
      access: 'admin',
      summary: 'All kinds of compute targets, and everything attached in the fleet by underlying resource',
      answers: {
        status: 200,
        schema: z.object({
          formatVersion,
          targets: z.array(targetView),
          attachments: z.array(attachmentView),
        }),
      },
    },
    async () => {
      const index = [...(await readAttachmentIndex(ports.ledger)).values()]
        .map(({ value }) => value)
        .filter(({ ref }) => inScope(settings.scope, ref));
      const duplicates = duplicatesAmong(index.flatMap(({ attachments }) => attachments));
      const attachments = index.flatMap(({ seenAt, attachments: ofWorkspace }) =>
        ofWorkspace.map((one) => {
          const first = duplicates.get(computeKey(one.ref))?.earlier[0] ?? null;
          return {
            key: one.key ?? '',
            view: {
              compute: addressOf(one.ref),
              kind: one.kind,
              resourceId: one.resourceId,
              namespace: one.namespace,
              attachedAt: instantOrNull(one.attachedAt),
              seenAt: instantOf(seenAt),
              duplicateOf: first === null ? null : addressOf(first.ref),
            },
          };
        }),
      );
      return answer(200, {
        formatVersion: 1,
        targets: computeTargets.map((target) => ({
          kind: target.kind,
          title: target.title,
          managed: target.managed,
          training: target.training,
          inference: target.inference,
          attachable: target.comes === 'attached',
          because: target.because,
          rules: [...target.rules],
          retired: target.retired,
        })),
        attachments: attachments
          .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
          .map(({ view }) => view),
      });
    },
  ),
];
