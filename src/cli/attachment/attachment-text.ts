import { type Look, table } from '../../present/table.ts';
import { type Facts, factsText } from '../facts-text.ts';
import { momentText } from '../moment-text.ts';
import type { AttachmentChangeView } from '../../present/json/attachment-change-view.ts';
import type { AttachmentView } from '../../present/json/targets-view.ts';

const nameOf = ({ compute }: Pick<AttachmentView, 'compute'>): string =>
  `${compute.workspace}/${compute.compute}`;

/** One row an attachment. */
export const attachmentTable = (attachments: readonly AttachmentView[], look: Look): string =>
  table(
    [
      { title: 'TARGET' },
      { title: 'WORKSPACE' },
      { title: 'KIND' },
      { title: 'SINCE' },
      { title: 'TWICE' },
      { title: 'POINTS AT', flexible: true },
    ],
    attachments.map((one) => [
      one.compute.compute,
      one.compute.workspace,
      one.kind,
      momentText(one.attachedAt),
      one.duplicateOf === null
        ? ''
        : { text: `after ${nameOf({ compute: one.duplicateOf })}`, colour: 'red' as const },
      `${one.resourceId ?? 'not known'}${one.namespace === null ? '' : `, namespace ${one.namespace}`}`,
    ]),
    look,
  );

/** One row a change. */
export const changeTable = (changes: readonly AttachmentChangeView[], look: Look): string =>
  table(
    [
      { title: 'CHANGE' },
      { title: 'WHAT' },
      { title: 'TARGET' },
      { title: 'STATUS' },
      { title: 'ASKED BY' },
      { title: 'ASKED' },
      { title: 'HOW IT WENT', flexible: true },
    ],
    changes.map((one) => [
      one.attachmentId,
      one.operation,
      nameOf(one),
      one.status,
      one.requestedBy,
      momentText(one.requestedAt),
      one.sentence,
    ]),
    look,
  );

export const attachmentText = (one: AttachmentView, look: Look): string =>
  factsText(
    [
      ['Target', one.compute.compute],
      [
        'Address',
        `${one.compute.subscription}/${one.compute.resourceGroup}/${one.compute.workspace}/${one.compute.compute}`,
      ],
      ['Kind', one.kind],
      ['Points at', one.resourceId ?? 'not known'],
      ['Namespace', one.namespace],
      ['Attached', momentText(one.attachedAt)],
      ['Seen', momentText(one.seenAt)],
      [
        'Twice',
        one.duplicateOf === null
          ? null
          : `the same resource is attached as ${nameOf({ compute: one.duplicateOf })} since before`,
      ],
    ],
    look,
  );

export const changeText = (change: AttachmentChangeView, look: Look): string =>
  factsText(
    [
      ['Change', change.attachmentId],
      ['What', `${change.operation} of ${nameOf(change)}`],
      ['Status', change.status],
      ['How it went', change.sentence],
      ...change.refusals.map((one): Facts[number] => ['Refused', `${one.detail} (${one.code})`]),
      ['Asked by', `${change.requestedBy}, ${momentText(change.requestedAt)}`],
      ['Ended', change.endedAt === null ? null : momentText(change.endedAt)],
    ],
    look,
  );
