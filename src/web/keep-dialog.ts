import { element } from './element.ts';

export const keepChoices = ['1h', '2h', '4h', '8h', '24h'];

/** Asks for how long. A link in a message opens this too: following it changes nothing until the button is pressed. */
export function askHowLong(name: string, keep: (duration: string) => void): void {
  const dialog = element('dialog', { 'aria-label': `Keep ${name}` });
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const buttons = keepChoices.map((duration) =>
    element(
      'button',
      {
        type: 'button',
        act: () => {
          close();
          keep(duration);
        },
      },
      duration,
    ),
  );
  dialog.append(
    element('p', {}, element('b', {}, name), ' — leave it running for how long?'),
    element('p', { class: 'buttons' }, ...buttons),
    element(
      'p',
      { class: 'quiet' },
      'It is not stopped by Lamplighter in that time. Files stay in any case.',
    ),
    element('button', { type: 'button', act: close }, 'Never mind'),
  );
  document.body.append(dialog);
  dialog.showModal();
}
