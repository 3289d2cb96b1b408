import { inScope } from '../../../config/in-scope.ts';
import { computeKey } from '../../../core/ids.ts';
import { computeTargets } from '../../../core/targets/catalogue.ts';
import { duplicatesAmong } from '../../../core/targets/attachment-duplicates.ts';
import { readAttachmentIndex } from '../../../ledger/attachment-index.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import { formatVersion, instantOf, instantOrNull } from '../../../present/json/scalars.ts';
import { targetsView, targetViewOf } from '../../../present/json/targets-view.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

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
        schema: targetsView.extend({ formatVersion }),
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
        targets: computeTargets.map(targetViewOf),
        attachments: attachments
          .toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
          .map(({ view }) => view),
      });
    },
  ),
];
