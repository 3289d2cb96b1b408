import { post, read } from './api.ts';
import { askForComment } from './comment-dialog.ts';
import { confirmFirst } from './dialog.ts';
import { askHowLong } from './keep-dialog.ts';

/** What the API says of the link that a message carried. */
type Offer = {
  readonly title: string;
  readonly sentence: string;
  readonly confirm: string;
  readonly danger: boolean;
  readonly asks: 'duration' | 'comment' | null;
};

/** The link that the page was opened by, if it was by one: `?act=…`. */
export const linkInAddress = (): string | null => new URLSearchParams(location.search).get('act');

/**
 * Shows what the link of a message would do and asks; only the button does it, and `doing` says what came of it. Throws what
 * the API refuses: a link that is used, expired, changed or somebody else's.
 */
export async function askAboutLink(link: string, doing: (act: () => Promise<string>) => void): Promise<void> {
  const offer = await read<Offer>(`/api/links?link=${encodeURIComponent(link)}`);
  const use = (answers: object) =>
    doing(async () => ((await post('/api/links', { link, ...answers })) as { sentence: string }).sentence);
  switch (offer.asks) {
    case 'duration':
      askHowLong(offer.title, offer.sentence, true, use);
      break;
    case 'comment': {
      const { confirm: label, danger } = offer;
      askForComment(offer.title, offer.sentence, { label, danger }, (comment) =>
        use(comment === null ? {} : { comment }),
      );
      break;
    }
    case null:
      confirmFirst(offer.title, offer.sentence, offer.confirm, () => use({}));
  }
}
