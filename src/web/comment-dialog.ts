import { buttonRow, actButton, labelled, openDialog } from './dialog.ts';
import { element } from './element.ts';

/** Asks for a yes or no with a word for whoever asked. */
export function askForComment(
  title: string,
  sentence: string,
  confirm: { readonly label: string; readonly danger: boolean },
  decide: (comment: string | null) => void,
): void {
  openDialog(title, (close) => {
    const input = element('textarea', { maxlength: '500', rows: '2' });
    const act = () => {
      close();
      const comment = input.value.trim();
      decide(comment === '' ? null : comment);
    };
    return [
      element('p', {}, sentence),
      labelled('comment', 'Why, for whoever asked (may be left empty)', input),
      buttonRow(
        actButton(confirm.label, act, confirm.danger ? 'danger' : 'main'),
        actButton('Never mind', close),
      ),
    ];
  });
}
