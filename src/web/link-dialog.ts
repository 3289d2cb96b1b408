import { post, read } from './api.ts';
import { element } from './element.ts';
import { keepChoices } from './keep-dialog.ts';

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

type Answers = { readonly for?: string; readonly comment?: string };

function questionOf(offer: Offer): { readonly field: HTMLElement | null; readonly answers: () => Answers } {
  switch (offer.asks) {
    case 'duration': {
      const select = element(
        'select',
        { id: 'link-for' },
        ...keepChoices.map((duration) => element('option', { value: duration }, duration)),
      );
      select.value = '2h';
      const field = element('p', {}, element('label', { for: 'link-for' }, 'For how long? '), select);
      return { field, answers: () => ({ for: select.value }) };
    }
    case 'comment': {
      const input = element('textarea', { id: 'link-comment', maxlength: '500', rows: '2' });
      const label = element('label', { for: 'link-comment' }, 'A word for whoever asked (may be left empty)');
      return {
        field: element('p', { class: 'field' }, label, input),
        answers: () => (input.value.trim() === '' ? {} : { comment: input.value.trim() }),
      };
    }
    case null:
      return { field: null, answers: () => ({}) };
  }
}

/**
 * Shows what the link of a message would do and asks; only the button does it. `doing` says what came of it. Throws what the
 * API refuses: a link that is used, expired, changed or somebody else's.
 */
export async function askAboutLink(link: string, doing: (act: () => Promise<string>) => void): Promise<void> {
  const offer = await read<Offer>(`/api/links?link=${encodeURIComponent(link)}`);
  const { field, answers } = questionOf(offer);
  const dialog = element('dialog', { 'aria-label': offer.title });
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const confirm = () => {
    close();
    doing(async () => ((await post('/api/links', { link, ...answers() })) as { sentence: string }).sentence);
  };
  dialog.append(
    element('h2', {}, offer.title),
    element('p', {}, offer.sentence),
    ...(field === null ? [] : [field]),
    element(
      'p',
      { class: 'buttons' },
      element(
        'button',
        { type: 'button', class: offer.danger ? 'danger' : 'main', act: confirm },
        offer.confirm,
      ),
      element('button', { type: 'button', act: close }, 'Never mind'),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
