import { type Child, element } from './element.ts';
import { rememberFocus } from './focus.ts';

export type OpenDialog = { readonly dialog: HTMLDialogElement; readonly close: () => void };

/** Opens a dialog over the page. Escape closes it as the button does, and the keyboard goes back to where it was. */
export function openDialog(title: string, fill: (close: () => void) => readonly Child[]): OpenDialog {
  const giveFocusBack = rememberFocus();
  const dialog = element('dialog', { 'aria-label': title });
  const close = () => dialog.close();
  dialog.addEventListener('close', () => {
    dialog.remove();
    giveFocusBack();
  });
  dialog.append(element('h2', {}, title), ...fill(close).filter((child) => child !== null));
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close };
}

export const buttonRow = (...buttons: readonly Child[]): HTMLElement =>
  element('p', { class: 'buttons' }, ...buttons);

export const actButton = (label: string, act: () => void, kind = ''): HTMLElement =>
  element('button', { type: 'button', class: kind, act }, label);

/** A label with its field, a hint, and room for what is wrong with it. */
export function labelled(id: string, label: string, field: HTMLElement, hint = ''): HTMLElement {
  field.id = id;
  field.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, label),
    field,
    element('small', { id: `${id}-hint` }, hint),
    element('small', { id: `${id}-error`, class: 'error' }),
  );
}

/** Puts what is wrong with it beside a field; the empty text takes it away. `false`: there is no such field. */
export function markField(dialog: HTMLElement, id: string, detail: string): boolean {
  const field = dialog.querySelector<HTMLElement>(`#${CSS.escape(id)}`);
  const place = dialog.querySelector(`#${CSS.escape(`${id}-error`)}`);
  if (field === null || place === null) return false;
  place.textContent = detail;
  field.setAttribute('aria-invalid', String(detail !== ''));
  return true;
}

/** Asks before something is done that takes something away. */
export function confirmFirst(
  title: string,
  meaning: string,
  label: string,
  act: () => void,
  /** What has to be typed, where it cannot be undone. */
  typed: string | null = null,
): void {
  openDialog(title, (close) => {
    const input = element('input', { autocomplete: 'off', spellcheck: 'false' });
    const confirm = element(
      'button',
      {
        type: 'button',
        class: 'danger',
        act: () => {
          close();
          act();
        },
      },
      label,
    );
    const isTyped = (): boolean => typed === null || input.value.trim().toLowerCase() === typed.toLowerCase();
    confirm.disabled = !isTyped();
    input.addEventListener('input', () => {
      confirm.disabled = !isTyped();
    });
    return [
      element('p', {}, meaning),
      typed === null ? null : labelled('confirm-name', `Type ${typed} to confirm`, input),
      buttonRow(confirm, actButton('Never mind', close)),
    ];
  });
}
