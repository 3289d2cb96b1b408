import type { Message } from '../ports/notifier.ts';

/** An Adaptive Card 1.4 in the envelope that Teams Workflows take. */
export type CardMessage = {
  readonly type: 'message';
  readonly attachments: readonly [
    {
      readonly contentType: 'application/vnd.microsoft.card.adaptive';
      readonly contentUrl: null;
      readonly content: AdaptiveCard;
    },
  ];
};
type TextRun = { readonly type: 'TextRun'; readonly text: string; readonly [style: string]: unknown };
type RichTextBlock = { readonly type: 'RichTextBlock'; readonly inlines: readonly TextRun[] };
type OpenUrl = { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string };
type AdaptiveCard = {
  readonly $schema: string;
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly fallbackText: string;
  readonly body: readonly RichTextBlock[];
  readonly actions: readonly OpenUrl[];
  readonly msteams: { readonly width: 'Full' };
};

const lengths = { title: 200, sentence: 2000, name: 120, label: 60, links: 6 } as const;

// Control characters, and marks that turn the direction of what follows.
const invisible = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of plain text; `{{` would begin a date function of the card. */
function plain(text: string, length: number): string {
  const line = text.replaceAll(invisible, ' ').replaceAll('{{', '{ {').trim();
  const characters = Array.from(line);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}

/** Text runs, unlike text blocks, know no Markdown: nothing a name holds becomes a link or a heading. */
const paragraph = (text: string, style: Readonly<Record<string, unknown>> = {}): RichTextBlock => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
});

function actionOf(link: Message['links'][number], publicUrl: string): readonly OpenUrl[] {
  const base = new URL(publicUrl);
  const target = `${publicUrl.replace(/\/+$/, '')}${link.path}`;
  // A path that leads to another host is no path of ours.
  if (!link.path.startsWith('/') || !URL.canParse(target) || new URL(target).origin !== base.origin)
    return [];
  return [{ type: 'Action.OpenUrl', title: plain(link.label, lengths.label), url: new URL(target).href }];
}

function addressee(message: Message): string {
  const whom = message.to === null ? 'the admins' : (message.to.name ?? message.to.objectId);
  const compute =
    message.compute === null ? '' : ` · ${message.compute.workspace} / ${message.compute.compute}`;
  return plain(`For ${whom}${compute}`, lengths.name);
}

/**
 * The card of any message: title, sentence, whom it is for, and links, since a card that was posted by a workflow can do no
 * more than open addresses. Without a public URL it has none.
 */
export function teamsCard(message: Message, publicUrl: string | null): CardMessage {
  const title = plain(message.title, lengths.title);
  const sentence = plain(message.sentence, lengths.sentence);
  const links = publicUrl === null ? [] : message.links.slice(0, lengths.links);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: `${title}: ${sentence}`,
          body: [
            paragraph(title, { weight: 'Bolder', size: 'Medium' }),
            paragraph(sentence),
            paragraph(addressee(message), { isSubtle: true, size: 'Small' }),
          ],
          actions: links.flatMap((link) => actionOf(link, publicUrl ?? '')),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}
